import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Json } from '../../row.js';
import { readParquet } from './parquet.js';

test.each(['zstd', 'gzip', 'brotli', 'lz4', 'snappy'])('%s: values come out as pyarrow wrote them (tools/reference/parquet.py)', async (codec) => {
  const rows: unknown[] = [];
  for await (const { read } of readParquet(fileURLToPath(new URL(`../../../fixtures/parquet/${codec}.parquet`, import.meta.url)), Infinity, '')) rows.push([...read()]);
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
  await expect(readParquet('.', Infinity, 'give another').next()).rejects.toThrow('. is no valid parquet file (it is no file): give another');
});
