import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { attempt, HOSTILE_TIMEOUT, hostileBytes, hostileJson, hostileRuns } from '@unmask/testing';
import { UnmaskError } from '@unmask/tensor-core';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readUserData } from '../index.js';
import { readStretches } from './parquet/columns.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const count = 40;
const numbers = Array.from({ length: count }, (_, index) => index);
const parquet = (codec: 'SNAPPY' | 'UNCOMPRESSED') =>
  Buffer.from(parquetWriteBuffer({ codec, rowGroupSize: 25, columnData: [{ name: 'body', data: numbers.map((n) => `text ${n}`) }, { name: 'topic', data: numbers.map((n) => (n % 2 ? 'x' : 'y')) }, { name: 'id', data: numbers.map(BigInt) }] }));

/** Reads a parquet file in this process; whatever is wrong with it is an error, which the reading process would hand on. */
async function readHere(path: string): Promise<number> {
  try {
    const file = await asyncBufferFromFile(path);
    let rows = 0;
    for await (const stretch of readStretches(file, await parquetMetadataAsync(file), Infinity)) rows += stretch.rows.length;
    return rows;
  } catch (error) {
    throw new UnmaskError((error as Error).message, { cause: error });
  }
}

test('damaged parquet is read or refused, and soon', async () => {
  const path = join(folder, 'x.parquet');
  const whole = [parquet('SNAPPY'), parquet('UNCOMPRESSED')];
  for (const bytes of whole) {
    await writeFile(path, bytes);
    expect(await readHere(path)).toBe(count);
  }
  let refused = 0;
  const cases = fc.constantFrom(...whole).chain((file) => hostileBytes(file));
  const property = fc.asyncProperty(cases, async (bytes) => {
    await writeFile(path, bytes);
    if ((await attempt(() => readHere(path))) === undefined) refused++;
  });
  await fc.assert(property, hostileRuns(200));
  expect(refused).toBeGreaterThan(0);
}, HOSTILE_TIMEOUT);

test('hostile rows are read or refused', async () => {
  const line = hostileJson({ body: 'some text', topic: 'x', id: 2 ** 60, list: [1, 'a', { b: null }] });
  const separated = fc.array(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '""', 'a,b', '[1', '{}', '\u0000')), { maxLength: 4 }).map((cells) => cells.join(',')), { maxLength: 5 }).map((rows) => `body,topic\n${rows.join('\n')}\n`);
  const cases = fc.oneof(fc.tuple(fc.constant('x.jsonl'), fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'))), fc.tuple(fc.constantFrom('x.csv', 'x.tsv'), separated));
  const property = fc.asyncProperty(cases, async ([name, content]) => {
    await writeFile(join(folder, name), content);
    await attempt(() => readUserData(join(folder, name), { texts: ['body'], label: 'topic' }));
  });
  await fc.assert(property, hostileRuns(100));
}, HOSTILE_TIMEOUT);
