import type { Row } from '../../row.js';
import type { TextExample, Texts } from '../../task.js';
import type { Columns } from './form.js';
import { filledText, isEmpty } from './values.js';

/** The text or the pair of texts of a row. @throws RowError */
export function readTexts(columns: Columns['texts'], row: Row): Texts {
  return columns.map((column) => filledText(row, column)) as unknown as Texts; // as many texts as columns
}

/** A row without a label; undefined where a text is empty. @throws RowError */
export function inputOf(columns: Columns['texts'], row: Row): TextExample | undefined {
  return columns.some((column) => isEmpty(row, column)) ? undefined : { texts: readTexts(columns, row), label: 0 };
}
