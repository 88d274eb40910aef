import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { fakeHub } from '@unmask/testing';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { loadHubSplit } from './load-hub.js';
import { getTask } from './registry.js';
import type { Split, Task } from './task.js';

const REVISION = 'bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c';

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'unmask-tasks-hub-'));
});
afterEach(async () => {
  delete process.env.HF_HUB_OFFLINE;
  await rm(cacheDirectory, { recursive: true });
});

const cached = (task: string, split: Split = 'train') => join(cacheDirectory, 'datasets--nyu-mll--glue', 'snapshots', REVISION, task, `${split}-00000-of-00001.parquet`);
const parquet = (columnData: ColumnSource[], rowGroupSize = 2) => new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }));

/** A file of the shape that the hub's copy of CoLA has. */
const colaFile = (labels: bigint[], sentences: (string | null)[] = labels.map((_, index) => `Sentence ${index}, ä.`)) =>
  parquet([
    { name: 'sentence', data: sentences, type: 'STRING' },
    { name: 'label', data: labels, type: 'INT64' },
    { name: 'idx', data: labels.map((_, index) => index), type: 'INT32' },
  ]);

/** A hub with one training split, and a way to load it. */
function serve(task: string, file: Uint8Array) {
  const hub = fakeHub({ [`${task}/train-00000-of-00001.parquet`]: file });
  const load = (limit?: number) => loadHubSplit(getTask(task), 'train', { cacheDirectory, fetch: hub.fetch, ...(limit === undefined ? {} : { limit }) });
  return { ...hub, load };
}

/** The error of loading `file` as the training split of `task`, the path replaced by FILE. */
async function errorOf(task: string, file: Uint8Array): Promise<{ code: string; message: string }> {
  const error: unknown = await serve(task, file).load().catch((caught: unknown) => caught);
  if (!(error instanceof UnmaskError)) throw error;
  expect(error.message).not.toContain('\n');
  return { code: error.code, message: error.message.replace(cached(task), 'FILE') };
}

describe('loadHubSplit', () => {
  test('reads texts and class labels in order, from the pinned revision, and downloads once', async () => {
    const { load, requests } = serve('cola', colaFile([1n, 0n, 1n]));
    const examples = await load();
    expect(examples).toEqual([
      { texts: ['Sentence 0, ä.'], label: 1 },
      { texts: ['Sentence 1, ä.'], label: 0 },
      { texts: ['Sentence 2, ä.'], label: 1 },
    ]);
    const url = `/datasets/nyu-mll/glue/resolve/${REVISION}/cola/train-00000-of-00001.parquet`;
    expect(requests).toEqual([`${url} bytes=0-0`, `${url} all`]);
    requests.length = 0;
    expect(await load()).toEqual(examples);
    expect(requests).toEqual([]);
  });

  test('reads pairs and scores', async () => {
    const columns: ColumnSource[] = [
      { name: 'sentence1', data: ['a', 'c'], type: 'STRING' },
      { name: 'sentence2', data: ['b', ''], type: 'STRING' },
      { name: 'label', data: [0, 2.75], type: 'FLOAT' },
    ];
    expect(await serve('stsb', parquet(columns)).load()).toEqual([
      { texts: ['a', 'b'], label: 0 },
      { texts: ['c', ''], label: 2.75 },
    ]);
  });

  test('offline it reads its copy, or says that there is none', async () => {
    const { load } = serve('cola', colaFile([1n]));
    process.env.HF_HUB_OFFLINE = '1';
    await expect(load()).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('HF_HUB_OFFLINE=1 forbids downloads') });
    delete process.env.HF_HUB_OFFLINE;
    await load();
    process.env.HF_HUB_OFFLINE = '1';
    expect(await load()).toHaveLength(1);
  });

  test('does not read past the limit: what is wrong in later row groups stays unseen', async () => {
    const file = colaFile([1n, 0n, 1n, 0n, -1n, 1n]);
    const { load } = serve('cola', file);
    expect((await load(3)).map(({ label }) => label)).toEqual([1, 0, 1]);
    await expect(load()).rejects.toThrow('row 5, has label -1');
    const later = Buffer.from(file).indexOf('Sentence 4');
    await writeFile(cached('cola'), Buffer.from(file).fill(0xff, later - 8, later));
    expect(await load(4)).toHaveLength(4);
    await expect(load()).rejects.toMatchObject({ code: 'bad-file' });
    await expect(load(0)).rejects.toThrow('limit 0: give a whole number of at least 1');
  });

  test.each<[string, Uint8Array, string]>([
    ['an unlabelled row', colaFile([1n, -1n]), 'FILE, row 2, has label -1 (-1 marks unlabelled rows, which cannot be used here); give 0 (unacceptable) or 1 (acceptable)'],
    ['a label that is no class', colaFile([2n]), 'FILE, row 1, has label 2; give 0 (unacceptable) or 1 (acceptable)'],
    ['a missing text', colaFile([1n], [null]), 'FILE, row 1, has null in field "sentence"; give a string'],
    ['a number for a text', parquet([{ name: 'sentence', data: [7n] }, { name: 'label', data: [1n] }]), 'FILE, row 1, has 7 in field "sentence"; give a string'],
    ['another column', parquet([{ name: 'text', data: ['a'] }, { name: 'label', data: [1n] }]), 'FILE, row 1, has no field "sentence"; its fields are text, label'],
    ['no label column', parquet([{ name: 'sentence', data: ['a'] }]), 'FILE, row 1, has no field "label"; give 0 (unacceptable) or 1 (acceptable)'],
    ['no rows', parquet([{ name: 'sentence', data: [], type: 'STRING' }]), 'FILE has no rows; delete it, and it is downloaded again'],
  ])('refuses %s', async (_, file, message) => {
    expect(await errorOf('cola', file)).toEqual({ code: 'bad-data', message });
  });

  test('refuses another kind of file, an empty one and a truncated one', async () => {
    expect(await errorOf('cola', Buffer.from('<html>not found</html>'))).toEqual({
      code: 'bad-file',
      message: 'FILE is no valid parquet file (parquet file invalid (footer != PAR1)): delete it, and it is downloaded again',
    });
    await rm(cached('cola'));
    const { load } = serve('cola', colaFile([1n, 0n]));
    await load();
    for (const length of [400, 100, 4, 0]) {
      await truncate(cached('cola'), length);
      await expect(load()).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('is no valid parquet file') });
    }
  });

  test('a task without data on the hub', async () => {
    const task: Task = { ...getTask('rte'), name: 'mine' };
    delete (task as { hub?: unknown }).hub;
    await expect(loadHubSplit(task, 'train')).rejects.toMatchObject({
      code: 'unsupported',
      message: `task mine has no data on the hub: give a folder, or use one of rte, mrpc, cola, sst2, stsb, qqp, mnli, qnli`,
    });
  });
});
