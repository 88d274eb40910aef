import { UnmaskError } from '@unmask/tensor-core';
import { type LocatedRow, readLocated } from '../files/located-row.js';
import { type Row, RowError } from '../row.js';

/** Most rows that an error lists. */
const LISTED = 20;

/** Takes what is wrong with a row that is passed over. */
export type OnBadRow = (problem: string) => void;

/** The rows of a file that do not fit: they end the work once all of them are known, or are passed over. */
export class BadRows {
  readonly #path: string;
  readonly #onBadRow: OnBadRow | undefined;
  readonly #listed: { readonly number: number; readonly problem: string }[] = [];
  #count = 0;

  /** @param onBadRow passes over such rows */
  constructor(path: string, onBadRow: OnBadRow | undefined) {
    this.#path = path;
    this.#onBadRow = onBadRow;
  }

  /** Reads something of a row; undefined when the row does not fit. @param number its place among the rows */
  read<T>(row: LocatedRow, number: number, use: (row: Row) => T): T | undefined {
    try {
      return readLocated(this.#path, row, use);
    } catch (error) {
      if (!UnmaskError.isInstance(error) || !(error.cause instanceof RowError)) throw error;
      this.#count++;
      if (this.#onBadRow) this.#onBadRow(error.message);
      else this.#list(number, error.message);
      return undefined;
    }
  }

  /**
   * @param fitting rows that are left
   * @throws UnmaskError `bad-data` with the first of the rows that did not fit, and a line for each of the first twenty, unless
   * they are passed over; then, when no row is left
   */
  check(fitting: number): void {
    if (this.#count === 0) return;
    if (this.#onBadRow) {
      if (fitting > 0) return;
      throw new UnmaskError(`none of the ${this.#count} rows of ${this.#path} fits: without --skip-bad-rows it is said why`, { code: 'bad-data' });
    }
    const [first, ...others] = this.#listed.map(({ problem }) => problem);
    if (others.length === 0) throw new UnmaskError(first, { code: 'bad-data' });
    const more = this.#count - this.#listed.length;
    const details = [first, ...others, ...(more > 0 ? [`… and ${more} more`] : [])];
    throw new UnmaskError(`${this.#count} rows do not fit, the first: ${first} (--skip-bad-rows goes on without them)`, { code: 'bad-data', details });
  }

  #list(number: number, problem: string): void {
    this.#listed.push({ number, problem });
    this.#listed.sort((a, b) => a.number - b.number);
    this.#listed.length = Math.min(this.#listed.length, LISTED);
  }
}
