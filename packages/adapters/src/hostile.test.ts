import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { loadModel } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { attempt, HOSTILE_TIMEOUT, hostileBytes, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { type AdapterConfigInput, getPeftModel, loadAdapter, saveAdapter } from './index.js';

/** Adapters that are meant to take all memory, to hang, or to put into a model what they do not hold. */
const CONFIGURATIONS: readonly AdapterConfigInput[] = [
  { peft_type: 'LORA', r: 2, target_modules: ['query', 'word_embeddings'], layers_to_transform: [0], layers_pattern: 'layer', rank_pattern: { 'layer.0.*query': 1 }, task_type: 'SEQ_CLS' },
  { peft_type: 'LORA', r: 2, use_dora: true, bias: 'all', target_modules: '.*(query|value)', alpha_pattern: { query: 3 } },
  { peft_type: 'ADALORA', init_r: 2, target_r: 1, total_step: 9, target_modules: ['key'], exclude_modules: '.*value' },
  { peft_type: 'IA3', target_modules: '.*dense', feedforward_modules: '.*output.dense' },
  { peft_type: 'LN_TUNING', target_modules: ['LayerNorm'] },
  { peft_type: 'BOTTLENECK', mh_adapter: true, leave_out: [1] },
  { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2, token_dim: 32 },
  { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 2, modules_to_save: ['classifier'] },
];

let folder: string;
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const load = () => loadModel(fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url)), { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
const path = (name: string) => join(folder, name);

test('absurd configurations and damaged files leave the model as it was', async () => {
  const base = await load();
  const saved = [];
  for (const config of CONFIGURATIONS) {
    const peft = getPeftModel(base, config);
    await saveAdapter(peft, folder);
    peft.unload();
    const weights = await readFile(path('adapter_model.safetensors'));
    saved.push({ config: JSON.parse(await readFile(path('adapter_config.json'), 'utf8')) as object, weights: new Uint8Array(weights) });
  }
  const before = tf.memory().numTensors;
  let ran = 0;
  const cases = fc.constantFrom(...saved).chain(({ config, weights }) =>
    fc.oneof({ weight: 4, arbitrary: fc.tuple(hostileJson(config), fc.constant(weights)) }, { weight: 1, arbitrary: fc.tuple(fc.constant(JSON.stringify(config)), hostileBytes(weights)) }),
  );
  const property = fc.asyncProperty(cases, async ([config, weights]) => {
    await writeFile(path('adapter_config.json'), config);
    await writeFile(path('adapter_model.safetensors'), weights);
    const peft = await attempt(() => loadAdapter(base, folder));
    if (peft) {
      ran++;
      await attempt(() =>
        tf.tidy(() => {
          const inputIds = tf.tensor2d([[5, 6, 7, 8]], undefined, 'int32');
          peft.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }).dataSync();
        }),
      );
      peft.unload();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
  await fc.assert(property, hostileRuns(150));
  expect(ran).toBeGreaterThan(10); // or nothing was tried
  base.model.dispose();
}, HOSTILE_TIMEOUT);
