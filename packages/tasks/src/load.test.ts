import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSplit } from './load.js';
import { cola } from './glue/cola.js';
import { getTask } from './registry.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unmask-tasks-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(task: string, content: string | Uint8Array): Promise<string> {
  await mkdir(join(directory, task), { recursive: true });
  const path = join(directory, task, 'train.jsonl');
  await writeFile(path, content);
  return path;
}

/** The error of loading `content` as the training split of `task`, its file replaced by FILE. */
async function errorOf(task: string, content: string | Uint8Array): Promise<{ code: string; message: string }> {
  const path = await write(task, content);
  const error: unknown = await loadSplit(getTask(task), directory, 'train').catch((caught: unknown) => caught);
  if (!(error instanceof UnmaskError)) throw error;
  expect(error.message).not.toContain('\n');
  return { code: error.code, message: error.message.replace(path, 'FILE') };
}

const good = '{"sentence":"Fine.","label":1}';

describe('loadSplit', () => {
  test('reads texts and labels in order, with any line end, and ignores other fields', async () => {
    await write('rte', '{"sentence1":"a","sentence2":"","label":0,"idx":9}\r\n{"label":1,"sentence2":"d ä","sentence1":"c"}');
    expect(await loadSplit(getTask('rte'), directory, 'train')).toEqual([
      { texts: ['a', ''], label: 0 },
      { texts: ['c', 'd ä'], label: 1 },
    ]);
  });

  test('reads scores, both ends of the range included', async () => {
    await write('stsb', [0, 2.75, 5].map((label) => JSON.stringify({ sentence1: 'a', sentence2: 'b', label })).join('\n'));
    expect((await loadSplit(getTask('stsb'), directory, 'train')).map(({ label }) => label)).toEqual([0, 2.75, 5]);
  });

  test('passes over blank lines', async () => {
    await write('cola', `${good}\n\n \t\r\n${good}\n\n\n`);
    expect(await loadSplit(cola, directory, 'train')).toHaveLength(2);
  });

  test('reads lines across chunks', async () => {
    const sentences = Array.from({ length: 40 }, (_, index) => `${index} ${'é'.repeat(index * 997)}`);
    await write('cola', sentences.map((sentence) => `${JSON.stringify({ sentence, label: 0 })}\n`).join(''));
    expect((await loadSplit(cola, directory, 'train')).map(({ texts }) => texts[0])).toEqual(sentences);
  });

  test('does not read past the limit', async () => {
    await write('cola', `${good}\n${good}\nnot JSON\n`);
    expect(await loadSplit(getTask('cola'), directory, 'train', { limit: 2 })).toHaveLength(2);
    await expect(loadSplit(getTask('cola'), directory, 'train', { limit: 3 })).rejects.toThrow(':3 is not valid JSON');
    await expect(loadSplit(getTask('cola'), directory, 'train', { limit: 0 })).rejects.toThrow('limit 0: give a whole number of at least 1');
  });

  test.each([
    ['{', 'FILE:2 is not valid JSON; write one JSON object a line'],
    ['[1]', 'FILE:2 holds a list; write one JSON object a line'],
    ['null', 'FILE:2 holds null; write one JSON object a line'],
    ['{"text":"a","label":1}', 'FILE:2 has no field "sentence"; its fields are text, label'],
    ['{"sentence":7,"label":1}', 'FILE:2 has 7 in field "sentence"; give a string'],
    ['{"sentence":{},"label":1}', 'FILE:2 has an object in field "sentence"; give a string'],
    ['{"sentence":"a"}', 'FILE:2 has no field "label"; give 0 (unacceptable) or 1 (acceptable)'],
    ['{"sentence":"a","label":0.5}', 'FILE:2 has label 0.5; give 0 (unacceptable) or 1 (acceptable)'],
    ['{"sentence":"a","label":"1"}', 'FILE:2 has label "1"; give 0 (unacceptable) or 1 (acceptable)'],
    ['{"sentence":"a","label":2}', 'FILE:2 has label 2; give 0 (unacceptable) or 1 (acceptable)'],
    ['{"sentence":"a","label":null}', 'FILE:2 has label null; give 0 (unacceptable) or 1 (acceptable)'],
    ['{"sentence":"a","label":NaN}', 'FILE:2 is not valid JSON; write one JSON object a line'],
    ['{"sentence":"a","label":-1}', 'FILE:2 has label -1 (-1 marks unlabelled rows, which cannot be used here); give 0 (unacceptable) or 1 (acceptable)'],
    [`{"sentence":"${'a'.repeat(1_000_000)}","label":1}`, 'FILE:2 is longer than 1000000 bytes; write one row a line'],
  ])('refuses the line %.60s', async (line, message) => {
    expect(await errorOf('cola', `${good}\n${line}\n${good}\n`)).toEqual({ code: 'bad-data', message });
  });

  test('refuses a score outside the range', async () => {
    const { message } = await errorOf('stsb', '{"sentence1":"a","sentence2":"b","label":5.1}');
    expect(message).toBe('FILE:1 has label 5.1; give a number from 0 to 5');
  });

  test('refuses bytes that are not UTF-8', async () => {
    const { message } = await errorOf('cola', Buffer.from('{"sentence":"caf\xe9","label":1}\n', 'latin1'));
    expect(message).toBe('FILE:1 is not valid UTF-8; save the file as UTF-8, or say what it is (--encoding latin1, utf-16le or utf-16be)');
  });

  test('stops at an endless line', async () => {
    const { message } = await errorOf('cola', Buffer.alloc(3_000_000, 'a'));
    expect(message).toBe('FILE:1 is longer than 1000000 bytes; write one row a line');
  });

  test('refuses an empty file, a missing one, and a folder in its place', async () => {
    expect((await errorOf('cola', '')).message).toBe('FILE has no rows; put at least one into it');
    await expect(loadSplit(getTask('cola'), directory, 'validation')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('give a folder that holds cola/validation.jsonl'),
    });
    await mkdir(join(directory, 'sst2', 'train.jsonl'), { recursive: true });
    await expect(loadSplit(getTask('sst2'), directory, 'train')).rejects.toMatchObject({ code: 'bad-file', message: expect.stringContaining('it is no file') });
  });
});
