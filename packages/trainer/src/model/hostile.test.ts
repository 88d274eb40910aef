import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { userTask } from '@unmask/tasks';
import { attempt, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { CARD, readCard } from './card.js';

const TASKS = [
  { kind: 'classification', texts: ['a', 'b'], label: 'l', labels: ['no', 'yes'] },
  { kind: 'regression', texts: ['a'], label: 'l', mean: 2, deviation: 0.5 },
  { kind: 'token-classification', texts: ['a'], label: 'l', labels: ['O', 'B-X'] },
  { kind: 'generation', texts: ['a'], label: 'l', maxNewTokens: 8 },
];
const card = (task: object) => ({ format: 'unmask-model', version: 1, dtype: 'float32', base: 'm', baseFingerprint: 'f', change: 'delta.safetensors', method: 'id3', seed: 1, maxLength: 8, task });

test('hostile cards of models are read or refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  let [read, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.oneof(...TASKS.map((task) => hostileJson(card(task)))), async (text) => {
      await writeFile(join(folder, CARD), text);
      const found = await attempt(() => readCard(folder));
      if (!found) return void refused++;
      read++;
      await attempt(() => userTask('own', found.task));
    }),
    hostileRuns(60),
  );
  expect(Math.min(read, refused)).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
}, HOSTILE_TIMEOUT);
