import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HistoryWriter, readHistory } from './history.js';
import type { HistoryLine } from '../files/names.js';
import { eventFileStart, eventRecords } from './tensorboard.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'));
});
afterEach(() => rm(folder, { recursive: true }));

const line = (step: number): HistoryLine => ({ step, loss: 1 / step, learningRate: 0.5, unmasked: step * 10, seconds: step });

test('what came after the step to go on from is dropped', async () => {
  const first = await HistoryWriter.resume(folder, 0);
  await first.add(line(1), { step: 1, unmaskedByTensor: { weight: 10 } });
  await first.add(line(2));
  await first.add(line(3));
  const second = await HistoryWriter.resume(folder, 2);
  expect(await readHistory(folder)).toEqual([line(1), { step: 1, unmaskedByTensor: { weight: 10 } }, line(2)]);
  await second.add(line(3));
  expect(await readHistory(folder)).toHaveLength(4);
  await HistoryWriter.resume(folder, 0);
  expect(await readHistory(folder)).toEqual([]);
  expect(await readdir(folder)).toEqual(['history.jsonl']);
});

test('what is kept keeps its bytes', async () => {
  const writer = await HistoryWriter.resume(folder, 0);
  await writer.add(line(1), { step: 1, scores: [{ task: 'rte', split: 'validation', examples: 2, metrics: { accuracy: 0.5 }, standardErrors: { accuracy: null }, primaryMetric: 'accuracy', primaryValue: 0.5, majorityValue: 0.5 }] });
  const before = await readFile(join(folder, 'history.jsonl'), 'utf8');
  await HistoryWriter.resume(folder, 1);
  expect(await readFile(join(folder, 'history.jsonl'), 'utf8')).toBe(before);
});

test('a line that was cut off ends the history', async () => {
  const writer = await HistoryWriter.resume(folder, 0);
  await writer.add(line(1));
  await appendFile(join(folder, 'history.jsonl'), '{"step":2,"lo');
  expect(await readHistory(folder)).toEqual([line(1)]);
});

test('a folder without a history has none', async () => {
  expect(await readHistory(folder)).toEqual([]);
});

/** From the Python package tensorboard (RecordWriter, Event): the file version, and a scalar "loss" of 0.5 at step 300, both at 1.5 s. */
const START = '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c';
const LOSS = '1b000000000000001a0d9e1309000000000000f83f10ac022a0d0a0b0a046c6f7373150000003f69f9315b';

test('event files hold the bytes that TensorBoard writes', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  expect(hex(eventFileStart(1.5))).toBe(START);
  expect(hex(eventRecords([{ ...line(300), loss: 0.5 }], 1.5).subarray(0, LOSS.length / 2))).toBe(LOSS);
});

test('event files grow with the history, and begin anew with what is kept of it', async () => {
  const path = join(folder, 'events.out.tfevents.unmask');
  const writer = await HistoryWriter.resume(folder, 0, { tensorboard: true });
  const start = (await readFile(path)).length;
  await writer.add(line(1));
  const one = (await readFile(path)).length - start;
  await writer.add(line(2), { step: 2, scores: [{ task: 'rte', split: 'validation', examples: 2, metrics: { accuracy: 0.5 }, standardErrors: { accuracy: 0.1 }, primaryMetric: 'accuracy', primaryValue: 0.5, majorityValue: 0.5 }] });
  expect(await readFile(path, 'latin1')).toContain('rte/validation/accuracy');
  await HistoryWriter.resume(folder, 1, { tensorboard: true });
  expect((await readFile(path)).length).toBe(start + one);
});
