import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Random, selectBackend, writeSafetensors, type Parameter, type WritableTensor } from '@unmask/tensor-core';
import { familyOf, loadModel, type Head, type HeadKind } from './index.js';

/** A checkpoint of one head, loaded for another task, for every family that has a fixture. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const families = await Promise.all(
  (await readdir(FIXTURES)).filter((name) => name.startsWith('tiny-')).map(async (name) => {
    const config: unknown = JSON.parse(await readFile(join(FIXTURES, name, 'config.json'), 'utf8'));
    return { name, config, family: familyOf(config) };
  }),
);

/** Tensors that published checkpoints of a family hold besides, which no model here has a place for. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  bert: ['bert.embeddings.position_ids', 'cls.seq_relationship.weight', 'cls.predictions.decoder.weight', 'qa_outputs.weight'],
  roberta: ['roberta.embeddings.position_ids', 'roberta.pooler.dense.weight', 'lm_head.decoder.weight', 'qa_outputs.weight'],
  electra: ['electra.embeddings.position_ids', 'discriminator_predictions.dense_prediction.weight', 'generator_lm_head.weight', 'sequence_summary.summary.weight', 'qa_outputs.weight'],
  distilbert: ['vocab_projector.weight', 'qa_outputs.weight'],
  'deberta-v2': ['deberta.embeddings.position_ids', 'deberta.embeddings.position_embeddings.weight', 'mask_predictions.dense.weight', 'lm_predictions.lm_head.dense.weight', 'cls.predictions.decoder.weight', 'qa_outputs.weight'],
  gpt2: ['transformer.h.0.attn.bias', 'transformer.h.0.attn.masked_bias', 'multiple_choice_head.summary.weight', 'lm_head.weight'],
  llama: ['model.layers.0.self_attn.rotary_emb.inv_freq', 'lm_head.weight', 'qa_outputs.weight'],
};

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heads-'));
});
afterEach(() => rm(folder, { recursive: true }));

const headOf = (kind: HeadKind, labels: number): Head => (kind.endsWith('classification') ? { kind, labels } : { kind }) as Head;

describe.each(families)('$name', ({ name, config, family }) => {
  /** A parameter's name in the model without a head. */
  const bare = (parameter: string) => parameter.replace(new RegExp(`^${family.baseModelPrefix}\\.`), '');

  test.each(family.headKinds)('a checkpoint with a %s head serves every task: only heads start afresh', async (from) => {
    await copyFile(join(FIXTURES, name, 'config.json'), join(folder, 'config.json'));
    const source = family.build(config, headOf(from, 3));
    const random = new Random(5);
    const values = (size: number) => Float32Array.from({ length: size }, () => random.normal());
    const stored = source.namedParameters().map(([name, { shape, size }]) => ({ name, shape, data: values(size) }));
    source.dispose();
    const others = (OTHERS[family.modelType] ?? []).filter((other) => stored.every(({ name }) => bare(name) !== bare(other))).map((name) => ({ name, shape: [1], data: Float32Array.of(0) }));
    const tensors = [...stored, ...others].map((tensor): WritableTensor => ({ ...tensor, dtype: 'F32' }));
    await writeSafetensors(join(folder, 'model.safetensors'), tensors);

    for (const kind of family.headKinds) {
      const { model, newParameters } = await loadModel(folder, { head: headOf(kind, 2), random: new Random(1) });
      const isStored = (parameter: Parameter) => {
        const values = stored.find(({ name }) => bare(name) === bare(parameter.name))?.data;
        return values?.length === parameter.size && parameter.read().every((value, index) => value === values[index]);
      };
      expect(newParameters).toEqual(model.parameters().filter((parameter) => !isStored(parameter)).map(({ name }) => name));
      expect(newParameters.filter((name) => name.startsWith(`${family.baseModelPrefix}.`) && !name.includes('.pooler.'))).toEqual([]);
      model.dispose();
    }
  });
});
