import { joinPath, makeTemporaryFolder, removePath, writeWhole } from '@unmask/tensor-core';

/** Rows by themselves, each an object of columns and values. */
export type Fields = Readonly<Record<string, unknown>>;

/** Rows to train on or to measure with: a file (CSV, TSV, JSON Lines, parquet), or the rows themselves. */
export type Rows = string | Iterable<Fields> | AsyncIterable<Fields>;

/** A folder for what need not stay, deleted by {@link TemporaryFolder.remove}. */
export class TemporaryFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await makeTemporaryFolder());
  }

  /** The file that rows are in; rows by themselves are written to one, one at a time, so that they need not fit into memory. @param name of that file, without its extension */
  async fileOf(rows: Rows, name: string): Promise<string> {
    if (typeof rows === 'string') return rows;
    const path = joinPath(this.path, `${name}.jsonl`);
    await writeWhole(path, lines(rows));
    return path;
  }

  remove(): Promise<void> {
    return removePath(this.path);
  }
}

async function* lines(rows: Exclude<Rows, string>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}
