import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { cola } from './glue/cola.js';
import { rte } from './glue/rte.js';
import { loadSplit } from './load.js';
import { conll2003 } from './tagging/conll2003.js';
import type { PublishedTask } from './task.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unmask-tasks-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(task: PublishedTask, extension: string, content: string | Uint8Array): Promise<string> {
  await mkdir(join(directory, task.name), { recursive: true });
  const path = join(directory, task.name, `train.${extension}`);
  await writeFile(path, content);
  return path;
}

/** What loading `content` gives, or its error with the path replaced by FILE. */
async function attempt<T extends PublishedTask>(task: T, extension: string, content: string | Uint8Array) {
  const path = await write(task, extension, content);
  return loadSplit(task, directory, 'train').catch((error: unknown) => {
    if (!(error instanceof UnmaskError)) throw error;
    return { code: error.code, message: error.message.replaceAll(path, 'FILE') };
  });
}

describe('CSV', () => {
  test('reads quoted cells with commas, line ends and quotation marks, any line end, a mark at the start', async () => {
    const text = '\ufeffidx,sentence1,sentence2,label\r\n0,"a, b","say ""x""",1\r\n1,"two\nlines",,0\n';
    expect(await attempt(rte, 'csv', text)).toEqual([
      { texts: ['a, b', 'say "x"'], label: 1 },
      { texts: ['two\nlines', ''], label: 0 },
    ]);
  });

  test('reads lists as JSON', async () => {
    expect(await attempt(conll2003, 'csv', 'tokens,ner_tags\n"[""Ada"", ""slept""]","[1, 0]"\n')).toEqual([{ words: ['Ada', 'slept'], label: [1, 0] }]);
  });

  test('a text that looks like a number stays a text', async () => {
    expect(await attempt(cola, 'csv', 'sentence,label\n12,1\n')).toEqual([{ texts: ['12'], label: 1 }]);
  });

  test('does not read past the limit', async () => {
    await write(cola, 'csv', 'sentence,label\nfine,1\nfine,7\n');
    expect(await loadSplit(cola, directory, 'train', { limit: 1 })).toHaveLength(1);
  });

  test.each([
    ['sentence,label\nfine,1\nfine\n', 'FILE:3 has 1 cells; give 2, one for each field of the first line'],
    ['sentence,label\n"two\nlines",1\nfine,2\n', 'FILE:4 has label 2; give 0 (unacceptable) or 1 (acceptable)'],
    ['sentence,label\nfine,NaN\n', 'FILE:2 has label "NaN"; give 0 (unacceptable) or 1 (acceptable)'],
    ['sentence,label\nfine,\n', 'FILE:2 has label ""; give 0 (unacceptable) or 1 (acceptable)'],
    ['sentence,label,label\nfine,1,0\n', 'FILE:1 names the field "label" twice; name each once'],
    ['text,label\nfine,1\n', 'FILE:2 has no field "sentence"; its fields are text, label'],
    ['sentence,label\nfine,1\n"fine,1\n', 'FILE:3 is no row of separated values (a quotation mark is never closed); quote cells as RFC 4180 has it, and double the quotation marks in them'],
    ['sentence,label\nfine,1\nfi"ne,1\n', 'FILE:3 is no row of separated values (a quotation mark within a cell without them); quote cells as RFC 4180 has it, and double the quotation marks in them'],
    ['sentence,label\n', 'FILE has no rows; put at least one into it'],
    ['', 'FILE has no rows; put at least one into it'],
  ])('refuses %j', async (content, message) => {
    expect(await attempt(cola, 'csv', content)).toEqual({ code: 'bad-data', message });
  });

  test('refuses bytes that are not UTF-8, and endless lines', async () => {
    expect(await attempt(cola, 'csv', Buffer.from('sentence,label\nfine,1\ncaf\xe9,1\n', 'latin1'))).toMatchObject({ message: 'FILE:3 is not valid UTF-8; save the file as UTF-8, or say what it is (--encoding latin1, utf-16le or utf-16be)' });
    expect(await attempt(cola, 'csv', Buffer.alloc(3_000_000, 'a'))).toMatchObject({ message: 'FILE:1 is longer than 1000000 bytes; write one row a line' });
  });
});

describe('TSV', () => {
  test('takes quotation marks as they are', async () => {
    expect(await attempt(rte, 'tsv', 'sentence1\tsentence2\tlabel\n"a\tb" c\t1\n')).toEqual([{ texts: ['"a', 'b" c'], label: 1 }]);
  });
});

describe('parquet', () => {
  test('reads lists and 64-bit integers', async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: 'sentence', data: ['fine'] }, { name: 'label', data: [1n] }] });
    expect(await attempt(cola, 'parquet', new Uint8Array(file))).toEqual([{ texts: ['fine'], label: 1 }]);
  });

  test('reads row groups one after another, up to the limit', async () => {
    const sentences = Array.from({ length: 10 }, (_, row) => `text ${row}`);
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'sentence', data: sentences }, { name: 'label', data: sentences.map(() => 1n) }], rowGroupSize: 3 }));
    await write(cola, 'parquet', file);
    for (const limit of [2, 3, 4, 9, 10, 20]) {
      const examples = await loadSplit(cola, directory, 'train', { limit });
      expect(examples.map(({ texts }) => texts[0])).toEqual(sentences.slice(0, limit));
    }
  });

  test('names the row that does not fit, and a broken file', async () => {
    const file = parquetWriteBuffer({ columnData: [{ name: 'sentence', data: ['fine'] }, { name: 'label', data: [NaN], type: 'DOUBLE' }] });
    expect(await attempt(cola, 'parquet', new Uint8Array(file))).toMatchObject({ message: 'FILE, row 1, has label "NaN"; give 0 (unacceptable) or 1 (acceptable)' });
    expect(await attempt(cola, 'parquet', 'no parquet at all')).toMatchObject({ code: 'bad-file', message: expect.stringMatching(/^FILE is no valid parquet file \(.*\): write it again$/) });
  });
});

test('refuses to choose between two files', async () => {
  const first = await write(cola, 'jsonl', '{"sentence":"a","label":1}\n');
  const second = await write(cola, 'csv', 'sentence,label\na,1\n');
  await expect(loadSplit(cola, directory, 'train')).rejects.toThrow(`${first} and ${second} both hold a split; keep one of them`);
});

describe('malformed rows', () => {
  const strange = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 2, 0.5, '1', [], {}), fc.string({ unit: 'binary' }));
  const jsonRow = fc.oneof(
    fc.record({ sentence: fc.oneof(fc.string(), strange), label: strange }, { requiredKeys: [] }).map((row) => JSON.stringify(row)),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
    fc.json(),
  );
  const csvRow = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { maxLength: 4 }).map((cells) => cells.join(',')));
  const bytes = (rows: fc.Arbitrary<string>) => fc.oneof({ weight: 4, arbitrary: rows.map((row) => Buffer.from(row)) }, { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((row) => Buffer.from(row)) });

  test.each([
    ['jsonl', '{"sentence":"fine","label":1}\n', jsonRow],
    ['csv', 'sentence,label\nfine,1\n', csvRow],
    ['tsv', 'sentence\tlabel\nfine\t1\n', csvRow],
  ])('1,000 of %s are either read or refused in one line with file and line', async (extension, start, rows) => {
    await fc.assert(
      fc.asyncProperty(bytes(rows), async (row) => {
        const result = await attempt(cola, extension, Buffer.concat([Buffer.from(start), row, Buffer.from('\n')]));
        if (Array.isArray(result)) expect(result.every(({ texts, label }) => typeof texts[0] === 'string' && (label === 0 || label === 1))).toBe(true);
        else expect(result).toEqual({ code: 'bad-data', message: expect.stringMatching(/^FILE:\d+ [^\n]+$/) });
      }),
      { numRuns: 1000 },
    );
  });
});
