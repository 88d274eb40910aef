import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Random, streamGradients, tf } from '@unmask/tensor-core';
import { describeEngines, expectNoLeak, type Golden, goldenInputs, padded, readGolden, setParameters } from '@unmask/testing';
import { type ForwardOptions, KeyValueCache, loadModel, nextTokenLoss, type TokenInputs, type TransformerModel } from './index.js';

/** Every decoder by itself: padding at the left, caches and single positions change no logits. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const LOGITS = 'causal-lm/logits';

const fixtures = await Promise.all(
  readdirSync(FIXTURES).filter((name) => name.startsWith('tiny-')).map(async (folder) => ({ folder, golden: await readGolden(`${FIXTURES}${folder}/expected.safetensors`) })),
);
const decoders = fixtures.filter(({ golden }) => golden.has(LOGITS));

async function load(folder: string, golden: Golden): Promise<TransformerModel> {
  const { model } = await loadModel(`${FIXTURES}${folder}`, { head: { kind: 'causal-lm' }, random: new Random(1) });
  setParameters(model.parameters(), golden, 'causal-lm/parameter/');
  return model;
}

/** The inputs and logits of the first row, which has no padding. */
function firstRow(golden: Golden): Golden {
  return new Map([...golden].filter(([name]) => name.startsWith('inputs/') || name === LOGITS).map(([name, { shape, values }]) => {
    return [name, { shape: [1, ...shape.slice(1)], values: values.subarray(0, values.length / shape[0]) }];
  }));
}

/** The same rows with their padding in front. */
function leftPadded({ inputIds, attentionMask, tokenTypeIds }: TokenInputs): TokenInputs {
  const lengths = tf.sum<tf.Tensor1D>(attentionMask, 1).arraySync();
  const columns = attentionMask.shape[1]!;
  const move = (x: tf.Tensor) => tf.stack(lengths.map((length, row) => tf.squeeze(tf.pad(tf.slice(x, [row, 0], [1, length]), [[0, 0], [columns - length, 0]]), [0])));
  return { inputIds: move(inputIds), attentionMask: move(attentionMask), tokenTypeIds: move(tokenTypeIds) };
}

/** Columns `from` to `to` as new tokens; the mask covers those before them too. */
const part = ({ inputIds, attentionMask, tokenTypeIds }: TokenInputs, from: number, to: number): TokenInputs => ({
  inputIds: tf.slice(inputIds, [0, from], [-1, to - from]),
  attentionMask: tf.slice(attentionMask, [0, 0], [-1, to]),
  tokenTypeIds: tf.slice(tokenTypeIds, [0, from], [-1, to - from]),
});

/** Logits with a cache, so many new tokens at a time. */
function withCache(model: TransformerModel, inputs: TokenInputs, lengths: readonly number[], options: ForwardOptions = {}): tf.Tensor {
  const cache = new KeyValueCache();
  try {
    const parts = lengths.map((length) => model.forward(part(inputs, cache.length, cache.length + length), { ...options, cache }));
    return tf.concat(parts, 1);
  } finally {
    cache.dispose();
  }
}

/** The largest difference of logits at tokens, of which a row's last stands in its last column. */
function largestDifference(actual: tf.Tensor, golden: Golden): number {
  const { shape: [rows, columns, size], values } = golden.get(LOGITS)!;
  const found = actual.dataSync();
  const mask = golden.get('inputs/attention_mask')!.values;
  let largest = 0;
  for (let row = 0; row < rows; row++) {
    const length = mask.subarray(row * columns, (row + 1) * columns).lastIndexOf(1) + 1;
    const expected = values.subarray(row * columns * size, (row * columns + length) * size);
    const end = (row + 1) * (found.length / rows);
    expected.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - found[end - length * size + index]))));
  }
  return largest;
}

test('there are decoders', () => expect(decoders.length).toBeGreaterThan(0));

describe.each(decoders)('$folder', ({ folder, golden }) => {
  describeEngines('it', () => {
    test('has the next-token loss of HF transformers, whatever the padding', async () => {
      const model = await load(folder, golden);
      expectNoLeak(() => tf.tidy(() => {
        const expected = golden.get('causal-lm/loss')!.values[0];
        for (const inputs of [goldenInputs(golden), padded(goldenInputs(golden), 3, 'right')]) {
          expect(Math.abs(nextTokenLoss(model, inputs).dataSync()[0] - expected)).toBeLessThan(1e-4);
        }
      }));
      model.dispose();
    });

    test('gives the same logits for rows padded at the left', async () => {
      const model = await load(folder, golden);
      expectNoLeak(() => tf.tidy(() => {
        const inputs = leftPadded(goldenInputs(golden));
        expect(largestDifference(model.forward(inputs), golden)).toBeLessThan(1e-4);
        expect(largestDifference(model.forward(padded(inputs, 3, 'left')), golden)).toBeLessThan(1e-4);
      }));
      model.dispose();
    });

    test('gives the same logits token by token, or by several, as all at once', async () => {
      const model = await load(folder, golden);
      expectNoLeak(() => tf.tidy(() => {
        const inputs = leftPadded(goldenInputs(golden));
        const columns = inputs.inputIds.shape[1]!;
        for (const lengths of [Array<number>(columns).fill(1), [4, columns - 6, 2]]) {
          expect(largestDifference(withCache(model, inputs, lengths), golden)).toBeLessThan(1e-4);
        }
      }));
      model.dispose();
    });

    test('gives the same logits without any padding, with a cache and without', async () => {
      const model = await load(folder, golden);
      expectNoLeak(() => tf.tidy(() => {
        const whole = firstRow(golden);
        const { inputIds, attentionMask, tokenTypeIds } = goldenInputs(whole);
        const twice = (x: tf.Tensor) => tf.tile(x, [2, 1]);
        const inputs = { inputIds: twice(inputIds), attentionMask: twice(attentionMask), tokenTypeIds: twice(tokenTypeIds) };
        for (const logits of [model.forward(inputs), withCache(model, inputs, [1, inputIds.shape[1]! - 1])]) {
          for (const row of tf.split(logits, 2)) expect(largestDifference(row, whole)).toBeLessThan(1e-4);
        }
      }));
      model.dispose();
    });

    test('gives the logits of the last position alone', async () => {
      const model = await load(folder, golden);
      expectNoLeak(() => tf.tidy(() => {
        const inputs = leftPadded(goldenInputs(golden));
        const columns = inputs.inputIds.shape[1]!;
        const expected = tf.slice(model.forward(inputs), [0, columns - 1, 0], [-1, 1, -1]);
        const last = [model.forward(inputs, { lastOnly: true }), tf.slice(withCache(model, inputs, [columns - 1, 1], { lastOnly: true }), [0, 1, 0])];
        for (const logits of last) {
          expect(logits.shape).toEqual(expected.shape);
          expect(tf.max(tf.abs(tf.sub(logits, expected))).dataSync()[0]).toBeLessThan(1e-4);
        }
      }));
      model.dispose();
    });
  });

  test('refuses a mask that does not cover all tokens, and training with a cache', async () => {
    const model = await load(folder, golden);
    const cache = new KeyValueCache();
    expectNoLeak(() => tf.tidy(() => {
      const inputs = goldenInputs(golden);
      const attentionMask = tf.slice(inputs.attentionMask, [0, 0], [-1, 4]);
      expect(() => model.forward({ ...inputs, attentionMask })).toThrow('the attention mask has 4 columns for 0 cached and 9 new tokens: give it one for each');
      expect(() => streamGradients(() => model.forward(inputs, { cache }), () => undefined)).toThrow('a cache holds no gradients: train without one');
    }));
    model.dispose();
  });
});
