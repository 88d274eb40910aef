import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { attempt, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { familyOf, loadModel, type Head, type HeadKind } from './index.js';

/** Configurations that are meant to take all memory, or to build what does not run. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const models = await Promise.all(
  (await readdir(FIXTURES)).filter((name) => name.startsWith('tiny-')).map(async (name) => {
    const config = JSON.parse(await readFile(join(FIXTURES, name, 'config.json'), 'utf8')) as object;
    return { name, config, kinds: familyOf(config).headKinds };
  }),
);

let folder: string;
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const headOf = (kind: HeadKind): Head => (kind.endsWith('classification') ? { kind, labels: 3 } : { kind }) as Head;

/** Loads what is in the folder, runs it on two short rows, and frees it. @returns whether it ran */
async function tryModel(kind: HeadKind): Promise<boolean> {
  const loaded = await attempt(() => loadModel(folder, { head: headOf(kind), random: new Random(1) }));
  if (!loaded) return false;
  const shape = await attempt(() =>
    tf.tidy(() => {
      const inputIds = tf.tensor2d([[5, 6, 7, 8], [9, 10, 0, 0]], [2, 4], 'int32');
      const attentionMask = tf.tensor2d([[1, 1, 1, 1], [1, 1, 0, 0]], [2, 4], 'int32');
      const logits = loaded.model.forward({ inputIds, attentionMask, tokenTypeIds: tf.zerosLike(inputIds) });
      logits.dataSync();
      return logits.shape;
    }),
  );
  loaded.model.dispose();
  return shape?.[0] === 2;
}

test('absurd configurations leave no tensor behind', async () => {
  let ran = 0;
  const cases = fc.constantFrom(...models).chain(({ name, config, kinds }) => fc.record({ name: fc.constant(name), kind: fc.constantFrom(...kinds), config: hostileJson(config) }));
  const property = fc.asyncProperty(cases, async ({ name, kind, config }) => {
    await copyFile(join(FIXTURES, name, 'model.safetensors'), join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'config.json'), config);
    const before = tf.memory().numTensors;
    if (await tryModel(kind)) ran++;
    expect(tf.memory().numTensors).toBe(before);
  });
  await fc.assert(property, hostileRuns(100));
  expect(ran).toBeGreaterThan(10); // or nothing was tried
}, HOSTILE_TIMEOUT);
