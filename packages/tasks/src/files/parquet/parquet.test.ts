import childProcess, { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { copyPath, writeWhole } from '@unmask/tensor-core';
import { Json } from '../../row.js';
import { readParquet } from './parquet.js';

const fixture = (codec: string) => fileURLToPath(new URL(`../../../fixtures/parquet/${codec}.parquet`, import.meta.url));

async function rowsOf(path: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { read } of readParquet(path, Infinity, 'give another')) rows.push([...read()]);
  return rows;
}

test.each(['zstd', 'gzip', 'brotli', 'lz4', 'snappy'])('%s: values come out as pyarrow wrote them (tools/reference/parquet.py), from the disk and from memory', async (codec) => {
  await copyPath(fixture(codec), 'memory:x.parquet');
  const [rows, fromMemory] = [await rowsOf(fixture(codec)), await rowsOf('memory:x.parquet')];
  expect(fromMemory).toEqual(rows);
  expect(rows).toEqual(
    [0, 1, 2].map((row) => [
      ['body', `text ${row}, text ${row}`],
      ['id', new Json(String(2n ** 60n + BigInt(row)))],
      ['when', `2024-01-02T03:04:05.00060${row}`],
      ['price', new Json(`${row}.10`)],
      ['days', new Json(JSON.stringify(new Array(row).fill(`2024-01-0${1 + row}`)))],
    ]),
  );
});

test('a folder is no file', async () => {
  await expect(readParquet('.', Infinity, '').next()).rejects.toThrow('. is damaged: it is no file');
});

test('a damaged file in memory is refused', async () => {
  await writeWhole('memory:damaged.parquet', 'PAR1 and no more');
  await expect(rowsOf('memory:damaged.parquet')).rejects.toThrow(/^memory:damaged.parquet is no valid parquet file \(.+\): give another$/);
});

test('after Ctrl-C, which goes to the decoder as well, reading ends as interrupted, and not for damage', async () => {
  const forked = jest.spyOn(childProcess, 'fork');
  const rows = readParquet(fixture('zstd'), Infinity, 'give another');
  await rows.next();
  const decoder = forked.mock.results[0].value as ChildProcess;
  forked.mockRestore();
  decoder.kill('SIGINT');
  await once(decoder, 'exit');
  const rest = async () => {
    for await (const { read } of rows) read();
  };
  await expect(rest()).rejects.toMatchObject({ code: 'interrupted' });
});
