import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { applyDelta, loadDelta } from '@unmask/id3';
import { loadPretrained } from '@unmask/models';
import { Random, SafetensorsFile, selectBackend, tf } from '@unmask/tensor-core';

const folderOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const FIXTURE = folderOf('id3/fixtures/shira');

test('a model with a delta applied computes what PyTorch does with the same delta, directly or through PEFT (tools/reference/shira.py)', async () => {
  await selectBackend('cpu');
  const { model } = await loadPretrained(folderOf('models/fixtures/tiny-bert'), { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  const file = await SafetensorsFile.open(`${FIXTURE}/expected.safetensors`);
  const tensor = async (name: string) => tf.tensor(await file.readInt32(name), [...file.entries.get(name)!.shape], 'int32');
  const inputs = { inputIds: await tensor('input_ids'), tokenTypeIds: await tensor('token_type_ids'), attentionMask: await tensor('attention_mask') };
  const expected = await file.readFloat32('logits');
  await file.close();
  const difference = () => tf.tidy(() => tf.max(tf.abs(tf.sub(tf.reshape(model.forward(inputs), [-1]), tf.tensor1d(expected)))).dataSync()[0]);

  const undo = applyDelta(model.parameters(), await loadDelta(`${FIXTURE}/delta.safetensors`));
  expect(difference()).toBeLessThan(1e-4);
  undo();
  expect(difference()).toBeGreaterThan(0.1);
  tf.dispose(inputs);
  model.dispose();
});
