import { extensionOf, factsOf, joinPath, UnmaskError } from '@unmask/tensor-core';
import type { Split, PublishedTask } from '../task.js';
import { readJsonLines } from './json-lines.js';
import { readJsonList } from './json-list.js';
import type { FileOptions, LocatedRow } from './located-row.js';
import { readParquet } from './parquet/parquet.js';
import { readSections } from './sections.js';
import { readCsv, readTsv } from './separated-values.js';

/** Readers of a file's rows by the file's extension. They need not read on after `limit` rows. */
const readers: Readonly<Record<string, (path: string, limit: number, options: FileOptions) => AsyncGenerator<LocatedRow>>> = {
  jsonl: readJsonLines,
  json: readJsonList,
  csv: readCsv,
  tsv: readTsv,
  parquet: (path, limit) => readParquet(path, limit, 'write it again'),
  txt: readSections,
  md: readSections,
};

/** The extensions of files that rows are read from, for people. */
export const DATA_FORMATS = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(Object.keys(readers).map((extension) => `.${extension}`));

/**
 * The rows of a file, by its extension. They need not be read on after `limit` rows.
 * @throws UnmaskError `unsupported` for an extension that is not known
 */
export function rowsOf(path: string, limit = Infinity, options: FileOptions = {}): AsyncGenerator<LocatedRow> {
  const extension = extensionOf(path);
  const read = Object.hasOwn(readers, extension) ? readers[extension] : undefined;
  if (read) return read(path, limit, options);
  throw new UnmaskError(`${path}: data is read from ${Object.keys(readers).map((each) => `.${each}`).join(', ')} files; rename it, or save it as one of these`, { code: 'unsupported' });
}

/** A file with the rows of a split. */
export interface SplitFile {
  readonly path: string;
  readonly rows: (limit: number) => AsyncGenerator<LocatedRow>;
}

/**
 * The file `<directory>/<task>/<split>.jsonl`, or with another extension that can be read.
 * @throws UnmaskError `not-found` when there is none, `bad-data` when there are several
 */
export async function findSplit(task: PublishedTask, directory: string, split: Split): Promise<SplitFile> {
  const places = Object.entries(readers).map(([extension, read]) => ({ path: joinPath(directory, task.name, `${split}.${extension}`), read }));
  const facts = await Promise.all(places.map(({ path }) => factsOf(path)));
  const found = places.filter((_, index) => facts[index]);
  const [file, other] = found;
  if (found.length === 0) {
    const [first, ...others] = Object.keys(readers).map((extension) => `.${extension}`);
    throw new UnmaskError(
      `no file ${joinPath(directory, task.name, split)}${first} (or ${others.join(', ')}); give a folder that holds ${task.name}/${split}${first}, or generated data (synthetic)`,
      { code: 'not-found' },
    );
  }
  if (found.length > 1) throw new UnmaskError(`${file.path} and ${other.path} both hold a split; keep one of them`, { code: 'bad-data' });
  return { path: file.path, rows: (limit) => file.read(file.path, limit, {}) };
}
