import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { cosineSimilarity, matryoshka, ranking, triplet, type VectorLoss } from './embedding/losses.js';
import type { Matrix } from './embedding/matrix.js';
import { binaryCrossEntropy } from './multilabel.js';
import { dpo, oddsRatio } from './preference/losses.js';

/** What TRL, sentence-transformers and PyTorch compute (tools/reference/forms.py). */
interface Golden {
  readonly vectors: readonly { readonly name: string; readonly rows: number; readonly size: number; readonly vectors: number[][]; readonly labels: number[]; readonly value: number; readonly gradients: number[][] }[];
  readonly dpo: readonly { readonly beta: number; readonly smoothing: number; readonly chosen: number[]; readonly rejected: number[]; readonly chosenBefore: number[]; readonly rejectedBefore: number[]; readonly value: number; readonly slopes: number[][] }[];
  readonly orpo: readonly { readonly beta: number; readonly chosen: number[]; readonly rejected: number[]; readonly value: number; readonly slopes: number[][] }[];
  readonly binary: { readonly logits: number[]; readonly targets: number[]; readonly weights: number[]; readonly value: number; readonly gradient: number[] };
}
const golden = JSON.parse(await readFile(fileURLToPath(new URL('../../fixtures/forms.json', import.meta.url)), 'utf8')) as Golden;

const near = (found: ArrayLike<number>, expected: readonly number[]) => Array.from(found).forEach((value, index) => expect(value).toBeCloseTo(expected[index], 5));
const LOSSES: Readonly<Record<string, VectorLoss>> = { ranking: ranking(false), 'ranking with negatives': ranking(false), cosine: cosineSimilarity, triplet, matryoshka: matryoshka(ranking(false), [2, 4, 6]) };

describe("losses of vectors are sentence-transformers'", () => {
  test.each(golden.vectors)('$name', ({ name, rows, size, vectors, labels, value, gradients }) => {
    const slope = LOSSES[name](vectors.map((values): Matrix => ({ rows, size, values: Float32Array.from(values) })), labels);
    expect(slope.value).toBeCloseTo(value, 5);
    slope.gradients.forEach((gradient, index) => near(gradient.values, gradients[index]));
  });

  test('texts of an anchor\'s own class are no negatives of it', () => {
    const matrices = golden.vectors[0].vectors.map((values): Matrix => ({ rows: 5, size: 6, values: Float32Array.from(values) }));
    const [alone, together] = [ranking(true)(matrices, [0, 1, 2, 3, 4]), ranking(true)(matrices, [0, 0, 0, 0, 0])];
    expect(alone.value).toBeCloseTo(golden.vectors[0].value, 5);
    expect(together.value).toBe(0);
  });
});

describe("losses of preferences are TRL's", () => {
  test.each(golden.dpo)('DPO, beta $beta, smoothing $smoothing', ({ beta, smoothing, chosen, rejected, chosenBefore, rejectedBefore, value, slopes }) => {
    const each = chosen.map((_, index) => dpo({ chosen: chosen[index], rejected: rejected[index] }, { chosen: chosenBefore[index], rejected: rejectedBefore[index] }, beta, smoothing));
    expect(each.reduce((sum, loss) => sum + loss.value / each.length, 0)).toBeCloseTo(value, 5);
    near(each.map((loss) => loss.chosen / each.length), slopes[0]);
    near(each.map((loss) => loss.rejected / each.length), slopes[1]);
  });

  test.each(golden.orpo)('the odds of ORPO, beta $beta', ({ beta, chosen, rejected, value, slopes }) => {
    const each = chosen.map((_, index) => oddsRatio({ chosen: chosen[index], rejected: rejected[index] }, beta));
    expect(each.reduce((sum, loss) => sum + loss.value / each.length, 0)).toBeCloseTo(value, 5);
    near(each.map((loss) => loss.chosen / each.length), slopes[0]);
    near(each.map((loss) => loss.rejected / each.length), slopes[1]);
  });
});

test("binary cross entropy is PyTorch's", () => {
  const { logits, targets, weights, value, gradient } = golden.binary;
  const slope = binaryCrossEntropy(Float32Array.from(logits), Float32Array.from(targets), Float32Array.from(weights));
  expect(slope.value).toBeCloseTo(value, 5);
  near(slope.gradient, gradient);
});
