import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { crossEntropy, type Parameter, Random, SafetensorsFile, tf } from '@unmask/tensor-core';
import { collectGradients, describeEngines, expectNoLeak } from '@unmask/testing';
import { loadPretrained, Tokenizer, type BertForSequenceClassification, type TokenInputs } from '../index.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/tiny-bert', import.meta.url));

/** What HF transformers computed (tools/reference/bert.py). */
const expected = new Map<string, { shape: readonly number[]; values: Float32Array }>();
beforeAll(async () => {
  const file = await SafetensorsFile.open(`${FOLDER}/expected.safetensors`);
  for (const [name, { shape }] of file.entries) expected.set(name, { shape, values: await file.readFloat32(name) });
  await file.close();
});

const integers = (name: string) => {
  const { shape, values } = expected.get(name)!;
  return tf.tensor(Int32Array.from(values), [...shape], 'int32');
};
const inputs = (): TokenInputs => ({ inputIds: integers('input_ids'), attentionMask: integers('attention_mask'), tokenTypeIds: integers('token_type_ids') });

async function load(): Promise<BertForSequenceClassification> {
  const { model } = await loadPretrained(FOLDER, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  for (const part of ['weight', 'bias']) {
    const parameter = model.parameters().find(({ name }) => name === `classifier.${part}`)!;
    parameter.modify((values) => values.set(expected.get(parameter.name)!.values));
  }
  return model as BertForSequenceClassification;
}

function largestDifference(actual: ArrayLike<number>, name: string): number {
  const { values } = expected.get(name)!;
  expect(actual).toHaveLength(values.length);
  return values.reduce((largest, value, index) => Math.max(largest, Math.abs(value - actual[index])), 0);
}

describeEngines('BERT', () => {
  test('hidden states and logits equal those of HF transformers', async () => {
    const model = await load();
    expectNoLeak(() =>
      tf.tidy(() => {
        const hidden = model.bert.forward(inputs()).dataSync();
        const mask = expected.get('attention_mask')!.values;
        // States of padding are nobody's business: only tokens count.
        const { values } = expected.get('hidden')!;
        const size = values.length / mask.length;
        const largest = values.reduce((most, value, index) => (mask[Math.floor(index / size)] ? Math.max(most, Math.abs(value - hidden[index])) : most), 0);
        expect(largest).toBeLessThan(1e-4);
        expect(largestDifference(model.forward(inputs()).dataSync(), 'logits')).toBeLessThan(1e-4);
      }),
    );
    model.dispose();
  });

  test('the gradient of every parameter equals PyTorch\'s', async () => {
    const model = await load();
    const { loss, gradients } = collectGradients(() => crossEntropy(model.forward(inputs()), integers('labels')));
    expect(Math.abs(loss - expected.get('loss')!.values[0])).toBeLessThan(1e-5);
    const byName = new Map([...gradients].map(([parameter, gradient]: [Parameter, Float32Array]) => [parameter.name, gradient]));
    for (const parameter of model.parameters()) {
      const name = `gradient.${parameter.name}`;
      const norm = Math.hypot(...expected.get(name)!.values);
      expect(largestDifference(byName.get(parameter.name)!, name)).toBeLessThan(1e-3 * norm + 1e-6);
    }
    model.dispose();
  });

  test('more padding changes nothing', async () => {
    const model = await load();
    tf.tidy(() => {
      const pad = (x: tf.Tensor) => tf.pad(x, [[0, 0], [0, 5]]);
      const { inputIds, attentionMask, tokenTypeIds } = inputs();
      const padded = model.forward({ inputIds: pad(inputIds), attentionMask: pad(attentionMask), tokenTypeIds: pad(tokenTypeIds) });
      expect(largestDifference(padded.dataSync(), 'logits')).toBeLessThan(1e-4);
    });
    model.dispose();
  });

  test('dropout acts in training alone, and repeats with its seed', async () => {
    const model = await load();
    const logits = (random?: Random) => [...tf.tidy(() => model.forward(inputs(), random).dataSync())];
    expect(logits(new Random(3))).toEqual(logits(new Random(3)));
    expect(logits(new Random(3))).not.toEqual(logits());
    model.dispose();
  });

  test('a sequence beyond the positions is refused', async () => {
    const model = await load();
    const ids = tf.zeros([1, 65], 'int32');
    expectNoLeak(() => expect(() => model.forward({ inputIds: ids, attentionMask: ids, tokenTypeIds: ids })).toThrow("a sequence of 65 tokens is longer than the model's 64 positions"));
    ids.dispose();
    model.dispose();
  });
});

test('token ids equal those of HF tokenizers, truncated pairs among them', async () => {
  interface Golden {
    texts: ([string] | [string, string])[];
    maxLength: Record<string, { ids: number[]; types: number[] }[]>;
  }
  const { texts, maxLength } = JSON.parse(await readFile(`${FOLDER}/tokens.json`, 'utf8')) as Golden;
  const tokenizer = await Tokenizer.load(FOLDER);
  for (const [length, rows] of Object.entries(maxLength)) {
    texts.forEach((text, index) => {
      const { inputIds, tokenTypeIds } = tokenizer.encodeBatch([text], { maxLength: Number(length) });
      expect({ text, ids: [...inputIds], types: [...tokenTypeIds] }).toEqual({ text, ...rows[index] });
    });
  }
  const batch = tokenizer.encodeBatch(texts, { maxLength: 64 });
  expect([batch.rows, batch.columns]).toEqual(expected.get('input_ids')!.shape);
  expect([...batch.inputIds]).toEqual([...expected.get('input_ids')!.values]);
  expect([...batch.attentionMask]).toEqual([...expected.get('attention_mask')!.values]);
  expect(() => tokenizer.encodeBatch([['a', 'b']], { maxLength: 2 })).toThrow('a maximum length of 2 does not hold the 3 special tokens');
});
