import { RowError } from '../row.js';

/** How cells are set apart. */
export interface Dialect {
  readonly delimiter: string;
  /** Whether quotation marks around a cell let it hold delimiters, line ends and doubled quotation marks. */
  readonly quotes: boolean;
}

/** Longest record, in characters: what is longer has a quotation mark that is never closed. */
const LONGEST = 1_000_000;

/** Puts lines together to records of separated values (RFC 4180). */
export class Records {
  readonly #dialect: Dialect;
  #cells: string[] = [];
  /** A cell that goes on in the next line. */
  #open: string | undefined;
  #length = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Whether the last record goes on. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Takes the next line.
   * @returns the cells of the record that it ends, undefined where that goes on
   * @throws RowError
   */
  add(line: string): string[] | undefined {
    this.#length += line.length + 1;
    if (this.#length > LONGEST) throw notRecord(`more than ${LONGEST} characters`);
    for (let at = 0; ; at++) {
      const isQuoted = this.isOpen || (this.#dialect.quotes && line[at] === '"');
      at = isQuoted ? this.#addQuoted(line, this.isOpen ? at : at + 1) : this.#addPlain(line, at);
      if (this.isOpen) return undefined;
      if (at === line.length) return this.#end();
    }
  }

  /** The rest of a cell in quotation marks. @returns where it ends */
  #addQuoted(line: string, from: number): number {
    let text = this.#open ?? '';
    for (;;) {
      const end = line.indexOf('"', from);
      if (end < 0) {
        this.#open = `${text}${line.slice(from)}\n`;
        return line.length;
      }
      text += line.slice(from, end);
      if (line[end + 1] !== '"') {
        if (end + 1 < line.length && line[end + 1] !== this.#dialect.delimiter) throw notRecord('something follows a closing quotation mark');
        this.#open = undefined;
        this.#cells.push(text);
        return end + 1;
      }
      text += '"';
      from = end + 2;
    }
  }

  #addPlain(line: string, from: number): number {
    const next = line.indexOf(this.#dialect.delimiter, from);
    const end = next < 0 ? line.length : next;
    const cell = line.slice(from, end);
    if (this.#dialect.quotes && cell.includes('"')) throw notRecord('a quotation mark within a cell without them');
    this.#cells.push(cell);
    return end;
  }

  #end(): string[] {
    const cells = this.#cells;
    this.#cells = [];
    this.#length = 0;
    return cells;
  }
}

/** What is wrong with a record. */
export const notRecord = (problem: string) => new RowError(`is no row of separated values (${problem}); quote cells as RFC 4180 has it, and double the quotation marks in them`);
