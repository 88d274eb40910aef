import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint, Random, selectBackend, tf, writeSafetensors, type WritableTensor } from '@unmask/tensor-core';
import { familyOf, type Head, loadModel, type LoadedModel, savePretrained } from './index.js';

/** A head whose weights are the word vectors, or are not, whatever `tie_word_embeddings` says (HF modeling_utils.py, tie_weights). */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const CASES = [
  ['tiny-llama', 'causal-lm', 'model.embed_tokens.weight', 'lm_head.weight'],
  ['tiny-gpt2', 'causal-lm', 'transformer.wte.weight', 'lm_head.weight'],
  ['tiny-bert', 'masked-lm', 'bert.embeddings.word_embeddings.weight', 'cls.predictions.decoder.weight'],
  ['tiny-roberta', 'masked-lm', 'roberta.embeddings.word_embeddings.weight', 'lm_head.decoder.weight'],
  ['tiny-electra', 'masked-lm', 'electra.embeddings.word_embeddings.weight', 'generator_lm_head.weight'],
  ['tiny-distilbert', 'masked-lm', 'distilbert.embeddings.word_embeddings.weight', 'vocab_projector.weight'],
] as const;

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ties-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The model of a fixture with other tensors and another configuration. */
async function load(fixture: string, kind: Head['kind'], change: (tensors: Map<string, WritableTensor>) => void, config: object = { tie_word_embeddings: true }): Promise<LoadedModel> {
  await copyFile(join(FIXTURES, fixture, 'model.safetensors'), join(folder, 'model.safetensors'));
  const checkpoint = await openCheckpoint(folder);
  const tensors = new Map<string, WritableTensor>();
  for (const [name, { shape }] of checkpoint.entries) tensors.set(name, { name, dtype: 'F32', shape, data: await checkpoint.readFloat32(name) });
  await checkpoint.close();
  change(tensors);
  await writeSafetensors(join(folder, 'model.safetensors'), [...tensors.values()]);
  const own = JSON.parse(await readFile(join(FIXTURES, fixture, 'config.json'), 'utf8')) as object;
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...own, ...config }));
  return loadModel(folder, { head: { kind } as Head, random: new Random(1) });
}

function logitsOf({ model }: LoadedModel): number[] {
  const logits = tf.tidy(() => {
    const inputIds = tf.tensor2d([[7, 12, 33, 21]], undefined, 'int32');
    return [...model.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }).dataSync()];
  });
  model.dispose();
  return logits;
}

describe.each(CASES)('%s', (fixture, kind, words, head) => {
  const stored = (tensors: ReadonlyMap<string, WritableTensor>) => tensors.get(words) ?? tensors.get(words.slice(words.indexOf('.') + 1))!;
  const otherHead = (tensors: Map<string, WritableTensor>) => void tensors.set(head, { ...stored(tensors), name: head, data: Float32Array.from(stored(tensors).data as Float32Array, (value) => value + 0.1) });

  test('a head of other values counts, as if the configuration said so, and stays when it is saved', async () => {
    const untied = await load(fixture, kind, otherHead, { tie_word_embeddings: false });
    const before = tf.memory().numTensors;
    const found = await load(fixture, kind, otherHead);
    expect(tf.memory().numTensors - before).toBe(untied.model.parameters().length);
    expect(found.config.tie_word_embeddings).toBe(false);
    expect(found.newParameters).not.toContain(head);
    await savePretrained(found.model, join(folder, 'saved'), found);
    const again = await loadModel(join(folder, 'saved'), { head: found.head, random: new Random(1) });
    const expected = logitsOf(untied);
    expect([logitsOf(found), logitsOf(again)]).toEqual([expected, expected]);
    expect(logitsOf(await load(fixture, kind, () => undefined))).not.toEqual(expected);
  });

  test('a head of the same values is tied, and words that are stored as the head alone are found', async () => {
    const tied = await load(fixture, kind, (tensors) => void tensors.set(head, { ...stored(tensors), name: head }));
    expect([tied.config.tie_word_embeddings, tied.newParameters.includes(head)]).toEqual([true, false]);
    const moved = await load(fixture, kind, (tensors) => {
      const { name } = stored(tensors);
      tensors.set(head, { ...tensors.get(name)!, name: head });
      tensors.delete(name);
    });
    expect(logitsOf(moved)).toEqual(logitsOf(tied));
  });
});

test('the bias of a masked language model may be stored as its decoder\'s', async () => {
  const bias = Float32Array.from({ length: 86 }, (_, index) => index);
  const tensor = (name: string): WritableTensor => ({ name, dtype: 'F32', shape: [86], data: bias });
  const [one, other] = [await load('tiny-bert', 'masked-lm', (tensors) => void tensors.set('b', tensor('cls.predictions.bias'))), await load('tiny-bert', 'masked-lm', (tensors) => void tensors.set('b', tensor('cls.predictions.decoder.bias')))];
  expect(one.newParameters).not.toContain('cls.predictions.bias');
  expect(logitsOf(one)).toEqual(logitsOf(other));
});

test('DeBERTa\'s head of pre-training has no words but the inputs\'', () => {
  const config = { model_type: 'deberta-v2', hidden_size: 8, num_attention_heads: 2, vocab_size: 9, num_hidden_layers: 1, intermediate_size: 8, max_position_embeddings: 9, legacy: false, tie_word_embeddings: false };
  const model = familyOf(config).build(config, { kind: 'masked-lm' });
  expect(model.namedParameters().map(([name]) => name).filter((name) => name.endsWith('decoder.weight'))).toEqual([]);
  model.dispose();
});
