import type { Figure } from '../plots/figure.js';
import type { Table } from '../table.js';

/** A part of a document. */
export interface Section {
  readonly title: string;
  /** 2: a part of the report; 3: a part of such a part. */
  readonly level: 2 | 3;
  readonly paragraphs: readonly string[];
  readonly table?: Table;
  /** Shown on the page alone. */
  readonly figures?: readonly Figure[];
}
