/**
 * Compares what a parquet file says of its sizes with what is there, before memory and time are taken for them.
 * @import { AsyncBuffer, FileMetaData, RowGroup } from 'hyparquet'
 */
import { parquetHeader } from 'hyparquet/src/column.js';

/** Largest page that is unpacked, in bytes; usual ones have a million. */
const LARGEST_PAGE = 2 ** 30;

/**
 * @param {AsyncBuffer} file
 * @param {FileMetaData} metadata
 */
export function checkGroups({ byteLength }, { row_groups: groups, num_rows: rows, schema }) {
  const flat = new Set(schema.filter(({ repetition_type: repetition }) => repetition !== 'REPEATED').map(({ name }) => name));
  let sum = 0n;
  for (const { num_rows: count, columns } of groups) {
    if (count < 0n) throw new Error(`a row group of ${count} rows`);
    sum += count;
    for (const { meta_data: column } of columns) {
      if (!column) throw new Error('a column without metadata');
      const { path_in_schema: path, num_values: values, data_page_offset: offset, total_compressed_size: size } = column;
      if (path.length === 1 && flat.has(path[0]) && values !== count) throw new Error(`${values} values of ${path[0]} in ${count} rows`);
      if (offset < 0n || size < 0n || offset + size > byteLength) throw new Error(`column ${path.join('.')} reaches beyond the file`);
    }
  }
  if (sum !== rows) throw new Error(`${rows} rows, but ${sum} in its row groups`);
}

/**
 * @param {AsyncBuffer} file
 * @param {RowGroup} group
 */
export async function checkPages(file, { columns }) {
  for (const { meta_data: column } of columns) {
    const { path_in_schema: path, dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size, num_values: values } = /** @type {NonNullable<typeof column>} */ (column);
    const start = Number(dictionary || data);
    const view = new DataView(await file.slice(start, start + Number(size)));
    const reader = { view, offset: 0 };
    let left = Number(values);
    while (reader.offset < view.byteLength - 1 && left > 0) {
      const { compressed_page_size: packed, uncompressed_page_size: unpacked, ...headers } = parquetHeader(reader);
      const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: words } = headers;
      const count = first?.num_values ?? second?.num_values ?? 0;
      reader.offset += packed;
      left -= count;
      const levels = second ? [second.definition_levels_byte_length, second.repetition_levels_byte_length] : [];
      const areWithin = levels.every((length) => length >= 0) && levels.reduce((sum, length) => sum + length, 0) <= Math.min(packed, unpacked);
      const areValues = count >= 0 && left >= 0 && (!second || (second.num_nulls >= 0 && second.num_nulls <= count && second.num_rows >= 0 && second.num_rows <= count));
      const fits = packed >= 0 && reader.offset <= view.byteLength && unpacked >= 0 && unpacked <= LARGEST_PAGE && areWithin && areValues && (words?.num_values ?? 0) <= unpacked;
      if (!fits) throw new Error(`a page of column ${path.join('.')} has sizes that cannot be`);
    }
  }
}
