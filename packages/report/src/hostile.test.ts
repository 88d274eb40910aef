import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runName, RunStore } from '@unmask/benchmark';
import { attempt, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { buildReport } from './build-report.js';
import { reportCsv } from './csv.js';
import { settings, storedRun } from './testing/stored-runs.js';
import { reportMarkdown } from './write-report.js';

const CHANGE = 'a change of the weights';
const { result } = storedRun({ deltaSha256: createHash('sha256').update(CHANGE).digest('hex') });
const figures = Object.fromEntries(Object.entries(result).filter(([name]) => !(name in settings())));
const history = { step: 1, loss: 0.5, learningRate: 0.1, unmasked: 5, seconds: 1 };
const places = { step: 1, unmaskedByTensor: { 'encoder.layer.0.weight': 5 } };
const predictions = [{ task: 'rte', split: 'validation', answers: [1, 0], labels: [1, 1] }];

/** Files of one run, by name: one of them is hostile. */
const run = fc.oneof(
  hostileJson(figures).filter((text) => text.startsWith('{"')).map((text) => ({ 'result.json': `${JSON.stringify(settings()).slice(0, -1)},${text.slice(1)}` })),
  hostileJson(result).map((text) => ({ 'result.json': text })),
  fc.tuple(hostileJson(history), hostileJson(places)).map((lines) => ({ 'history.jsonl': lines.join('\n') })),
  hostileJson(predictions).map((text) => ({ 'predictions.json': text })),
  hostileJson({ settings: settings(), error: 'x', failedAt: '2026-01-01' }).map((text) => ({ 'failure.json': text, 'result.json': undefined })),
);

test('hostile runs are reported or listed as damaged', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hostile-'));
  let damaged = 0;
  await fc.assert(
    fc.asyncProperty(run, async (files) => {
      const folder = join(root, runName(settings()));
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      const all: Record<string, string | undefined> = { 'delta.safetensors': CHANGE, 'result.json': JSON.stringify(result), 'history.jsonl': JSON.stringify(history), 'predictions.json': JSON.stringify(predictions), ...files };
      for (const [name, text] of Object.entries(all)) if (text !== undefined) await writeFile(join(folder, name), text);
      const runs = await attempt(() => new RunStore(root).read());
      expect(runs).toBeDefined(); // one bad run is no reason not to read the others
      damaged += runs!.damaged.length;
      const report = await attempt(() => buildReport(runs!));
      if (report) await attempt(() => [reportMarkdown(report), reportCsv(report)]);
    }),
    hostileRuns(40),
  );
  expect(damaged).toBeGreaterThan(0);
  await rm(root, { recursive: true });
}, HOSTILE_TIMEOUT);
