/**
 * Reads the columns of parquet files.
 * @import { AsyncBuffer, FileMetaData, SchemaTree } from 'hyparquet'
 */
import { parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { checkGroups, checkPages } from './checks.js';
import { writerOf } from './values.js';

/** @typedef {import('./values.js').Written} Written */

/** Rows that are handed on at a time. */
const ROWS = 1000;

/**
 * The names of the columns, and rows of their values.
 * @typedef {{ readonly names: readonly string[], readonly rows: readonly (readonly Written[])[] }} Stretch
 */

/**
 * The first `limit` rows of a file, some at a time. One row group is in memory at a time, and none past the limit is read.
 * @param {AsyncBuffer} file
 * @param {FileMetaData} metadata
 * @param {number} limit
 * @returns {AsyncGenerator<Stretch>}
 */
export async function* readStretches(file, metadata, limit) {
  const { children } = parquetSchema(metadata);
  const names = children.map(({ element }) => element.name);
  if (new Set(names).size < names.length) throw new Error('two columns have the same name');
  checkGroups(file, metadata);
  const writers = children.map(writerOf);
  children.forEach(asStored);
  let left = limit;
  for (const group of metadata.row_groups) {
    const count = Math.min(left, Number(group.num_rows));
    await checkPages(file, group);
    const columns = await readColumns(file, { ...metadata, row_groups: [group], num_rows: group.num_rows }, names, count);
    for (let start = 0; start < count; start += ROWS) {
      const rows = Array.from({ length: Math.min(ROWS, count - start) }, () => columns.map((values, column) => writers[column](values.next().value)));
      yield { names, rows };
    }
    left -= count;
    if (left <= 0) return;
  }
}

/**
 * The values of each column of a row group, one after another.
 * @param {AsyncBuffer} file
 * @param {FileMetaData} metadata of this group alone
 * @param {readonly string[]} names
 * @param {number} count rows that are wanted, which there must be
 */
async function readColumns(file, metadata, names, count) {
  const chunks = new Map(names.map((name) => [name, /** @type {ArrayLike<unknown>[]} */ ([])]));
  const parsers = { timestampFromNanoseconds: (/** @type {bigint} */ value) => /** @type {any} */ (value) };
  await parquetRead({ file, metadata, rowEnd: count, compressors, parsers, utf8: false, onChunk: ({ columnName, columnData }) => void chunks.get(columnName)?.push(columnData) });
  return names.map((name) => {
    const parts = chunks.get(name) ?? [];
    const found = parts.reduce((sum, { length }) => sum + length, 0);
    if (found < count) throw new Error(`column ${name} has ${found} of ${count} rows`);
    return valuesOf(parts);
  });
}

/**
 * @param {readonly ArrayLike<unknown>[]} parts
 * @returns {Iterator<unknown>}
 */
function* valuesOf(parts) {
  for (const part of parts) for (let index = 0; index < part.length; index++) yield part[index];
}

/**
 * Has hyparquet leave the values of a column as they are stored; but for the keys of maps, which become names.
 * @param {SchemaTree} node
 */
function asStored({ element, children }) {
  if (element.logical_type?.type === 'VARIANT') return;
  if (children.length === 0) {
    delete element.converted_type;
    delete element.logical_type;
  } else if (element.converted_type === 'MAP') children[0].children.slice(1).forEach(asStored);
  else children.forEach(asStored);
}

/**
 * What is wrong with a file that could not be read: our own errors say it, hyparquet's come from whatever bytes there are.
 * @param {Error} error
 */
export const damage = (error) => (error.constructor === Error ? error.message : 'its bytes are damaged');
