import { expect, test } from '@jest/globals';
import { expandGrid, runName } from '@unmask/benchmark';
import { freePort } from '@unmask/testing';
import { queueExecutor } from './index.js';
import { readJob, readProgress } from './protocol.js';

const [settings] = expandGrid({ tasks: ['rte'], methods: ['id3'], budgets: [10], model: 'owner/name', data: 'hub' });
const job = { settings, backend: 'cpu', versions: { tfjs: '4.22.0' }, fingerprints: { model: 'a'.repeat(64), data: 'b'.repeat(64) }, checkpointEvery: 5, tensorboard: false };

test('a job is a run whose name it has', () => {
  expect(readJob(runName(settings), job)).toEqual(job);
});

const with_ = (change: object) => ({ ...job, settings: { ...settings, ...change } });
test.each<[string, object, RegExp]>([
  ['an unknown field', { ...job, command: 'rm' }, /command/],
  ['an unknown setting', with_({ command: 'rm' }), /settings.*command/],
  ['a setting of another type', with_({ batchSize: '16; rm' }), /settings\.batchSize/],
  ['a model on the web', with_({ model: 'http://host/model' }), /http:\/\/host\/model is no folder/],
  ['a module for data', with_({ data: 'node:fs' }), /node:fs is no folder/],
  ['no fingerprint', { ...job, fingerprints: { model: '', data: '' } }, /fingerprints\.model/],
])('%s is refused', (_, data, message) => {
  const name = 'settings' in data ? runName(data.settings as typeof settings) : '';
  expect(() => readJob(name, data)).toThrow(message);
});

test('a job of another name than its settings have is refused', () => {
  expect(() => readJob('rte', job)).toThrow('job rte of the queue is no run: its settings have another name');
});

test('progress that is none is not shown', () => {
  expect(readProgress({ worker: 'a', step: { step: 'x' } })).toBeUndefined();
  expect(readProgress(0)).toBeUndefined();
});

test('a queue that cannot be used says where, and no password', async () => {
  const open = (url: string) => queueExecutor({ url, submitter: 'test', onNote: () => undefined });
  await expect(open('http://host')).rejects.toThrow('the queue is no URL of a Redis server: give redis://host:port');
  const port = await freePort();
  await expect(open(`redis://user:secret@127.0.0.1:${port}/2`)).rejects.toThrow(`cannot use the queue at redis://127.0.0.1:${port}/2 (connect ECONNREFUSED 127.0.0.1:${port}): check host`);
});
