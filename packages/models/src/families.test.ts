import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { compile, crossEntropy, Random, reshape, streamGradients, tf } from '@unmask/tensor-core';
import { collectGradients, describeEngines, expectNoLeak, type Golden, goldenInputs, padded, readGolden, setParameters } from '@unmask/testing';
import { loadModel, type Head, type HeadKind, type TransformerModel } from './index.js';

/**
 * Every family with every head against HF transformers, on tiny random models. A new family adds its fixture
 * (tools/reference/models.py), and this suite holds it to the same rules.
 */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const LABELS = 3;

const families = await Promise.all(
  readdirSync(FIXTURES).filter((name) => name.startsWith('tiny-')).map(async (folder) => ({ folder, golden: await readGolden(`${FIXTURES}${folder}/expected.safetensors`) })),
);
const cases = families.flatMap(({ folder, golden }) =>
  [...golden.keys()].filter((name) => name.endsWith('/logits')).map((name, index) => ({ folder, golden, kind: name.split('/')[0] as HeadKind, first: index === 0 })),
);

const headOf = (kind: HeadKind): Head => (kind.endsWith('classification') ? { kind, labels: LABELS } : { kind }) as Head;

/** The tiny model with the head's golden weights; checks that the head is all that the checkpoint lacked. */
async function load(folder: string, golden: Golden, kind: HeadKind): Promise<TransformerModel> {
  const { model, newParameters } = await loadModel(`${FIXTURES}${folder}`, { head: headOf(kind), random: new Random(1) });
  const prefix = `${kind}/parameter/`;
  const own = [...golden.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  expect([...newParameters].sort()).toEqual(own.sort());
  setParameters(model.parameters(), golden, prefix);
  return model;
}

/** The mean loss over the positions that have a label. A next-token head answers for the position after. */
function lossOf(kind: HeadKind, logits: tf.Tensor, golden: Golden): tf.Tensor {
  const labels = golden.get(`${kind}/labels`)!;
  const shifted = kind === 'causal-lm' ? labels.values.map((_, index) => ((index + 1) % labels.shape[1] === 0 ? -100 : labels.values[index + 1])) : labels.values;
  return crossEntropy(reshape(logits, [-1, logits.shape.at(-1)!]), tf.tensor1d(Int32Array.from(shifted), 'int32'));
}

/** The largest difference at the positions that hold tokens: states of padding are nobody's business. */
function largestDifference(actual: tf.Tensor, golden: Golden, kind: HeadKind): number {
  const { shape, values } = golden.get(`${kind}/logits`)!;
  expect(actual.shape).toEqual(shape);
  const found = actual.dataSync();
  const mask = golden.get('inputs/attention_mask')!.values;
  const size = shape.at(-1)!;
  return values.reduce((largest, value, index) => {
    const counts = shape.length === 2 || mask[Math.floor(index / size)] === 1;
    return counts ? Math.max(largest, Math.abs(value - found[index])) : largest;
  }, 0);
}

test('there are fixtures', () => expect(cases.length).toBeGreaterThan(0));

describe.each(cases)('$folder with a $kind head', ({ folder, golden, kind, first }) => {
  describeEngines('it', (engine) => {
    test('gives the logits of HF transformers', async () => {
      const model = await load(folder, golden, kind);
      expectNoLeak(() => tf.tidy(() => expect(largestDifference(model.forward(goldenInputs(golden)), golden, kind)).toBeLessThan(1e-4)));
      model.dispose();
    });

    test('more padding at the end changes nothing', async () => {
      const model = await load(folder, golden, kind);
      tf.tidy(() => {
        const [inputs, shape] = [goldenInputs(golden), golden.get(`${kind}/logits`)!.shape];
        const logits = model.forward(padded(inputs, 5, 'right'));
        expect(largestDifference(shape.length === 2 ? logits : tf.slice(logits, [0, 0, 0], [...shape]), golden, kind)).toBeLessThan(1e-4);
      });
      model.dispose();
    });

    test('has the loss and the gradients of PyTorch', async () => {
      const model = await load(folder, golden, kind);
      const { loss, gradients } = collectGradients(() => lossOf(kind, model.forward(goldenInputs(golden)), golden));
      expect(Math.abs(loss - golden.get(`${kind}/loss`)!.values[0])).toBeLessThan(1e-4);
      for (const [parameter, gradient] of gradients) {
        const expected = golden.get(`${kind}/gradient/${parameter.name}`)?.values;
        if (!expected) continue; // the fixture has the gradients of one head
        const difference = expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - gradient[index])), 0);
        expect({ name: parameter.name, close: difference <= 1e-3 * Math.hypot(...expected) + 1e-6 }).toEqual({ name: parameter.name, close: true });
      }
      const reached = new Set([...gradients.keys()].map(({ name }) => name));
      const missed = [...golden.keys()].filter((name) => name.startsWith(`${kind}/gradient/`) && !reached.has(name.slice(`${kind}/gradient/`.length)));
      expect(missed).toEqual([]);
      model.dispose();
    });

    if (engine === 'cpu' && !first) return; // slow: there, one head stands for all of a family in what concerns its layers

    test('checkpointing changes no bit of the gradients, with dropout', async () => {
      const model = await load(folder, golden, kind);
      const [kept, again] = [false, true].map((checkpointing) => {
        const options = { random: new Random(3), checkpointing };
        return collectGradients(() => lossOf(kind, model.forward(goldenInputs(golden), options), golden));
      });
      expect(again.loss).toBe(kept.loss);
      for (const [parameter, gradient] of kept.gradients) expect(again.gradients.get(parameter)).toEqual(gradient);
      model.dispose();
    });

    test('a compiled step gives the same gradients, with dropout', async () => {
      const model = await load(folder, golden, kind);
      const step = (seed: number) => collectGradients(() => lossOf(kind, model.forward(goldenInputs(golden), { random: new Random(seed) }), golden));
      const compiled = compile(step);
      for (const seed of [3, 4]) {
        const [eager, graph] = [step(seed), compiled(seed)];
        expect(graph.loss).toBeCloseTo(eager.loss, 6);
        for (const [parameter, gradient] of eager.gradients) {
          const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const other = graph.gradients.get(parameter)!;
          expect(gradient.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0)).toBeLessThanOrEqual(1e-6 * largest);
        }
      }
      model.dispose();
    });
  });

  test('dropout, where the family has it, acts in training alone and repeats with its seed', async () => {
    const model = await load(folder, golden, kind);
    const logits = (random?: Random) => [...tf.tidy(() => model.forward(goldenInputs(golden), { random }).dataSync())];
    expect(logits(new Random(3))).toEqual(logits(new Random(3)));
    expect(logits()).toEqual(logits());
    model.dispose();
  });

  test('every parameter of it trains', async () => {
    const model = await load(folder, golden, kind);
    const reached = new Set<string>();
    streamGradients(() => lossOf(kind, model.forward(goldenInputs(golden)), golden), ({ name }) => reached.add(name)).dispose();
    expect(model.parameters().map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
    model.dispose();
  });
});
