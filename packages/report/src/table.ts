/** A cell of a table. */
export interface TableCell {
  readonly text: string;
  /** Smaller, after the text. */
  readonly detail?: string;
  /** Stands out: the best of its column. */
  readonly strong?: boolean;
}

/** The heading of a column. */
export interface Heading extends TableCell {
  /** Whether the column holds numbers, which stand flush right. */
  readonly number?: true;
}

/** A table, to be written in any format. */
export interface Table {
  readonly head: readonly Heading[];
  readonly rows: readonly TableRow[];
}

/** A row of a table. */
export interface TableRow {
  readonly cells: readonly TableCell[];
  /** Where its figures are from, where a table mixes sources. */
  readonly kind?: 'baseline' | 'published' | 'ours';
}

/** Cells of plain text. */
export const texts = (...values: readonly string[]): TableCell[] => values.map((text) => ({ text }));

/** Headings of columns of numbers. */
export const numbers = (...values: readonly string[]): Heading[] => values.map((text) => ({ text, number: true }));
