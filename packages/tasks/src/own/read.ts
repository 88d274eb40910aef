import { UnmaskError } from '@unmask/tensor-core';
import { rowsOf } from '../files/index.js';
import { type LocatedRow, readLocated } from '../files/located-row.js';
import { readRows } from '../files/read-rows.js';
import { checkLimit } from '../limit.js';
import { fieldOf, type Row, RowError } from '../row.js';
import type { Example, Task } from '../task.js';
import { defineClassification } from './classification.js';
import type { Columns, EachRow, TaskDefinition } from './definition.js';
import { defineGeneration } from './generation.js';
import { type Inferred, inferKind } from './infer.js';
import { defineRegression } from './regression.js';
import { defineTagging } from './tagging.js';
import { type UserTask, userTask } from './user-task.js';

/** Options of {@link readUserData}. */
export interface UserDataOptions {
  /** What the rows ask for; by what stands in them when left out. */
  readonly kind?: Task['kind'] | undefined;
  /** Rows to read from the start of the file; all by default. */
  readonly limit?: number | undefined;
  /** Of generation: tokens after which an answer is cut off, 128 by default. */
  readonly maxNewTokens?: number | undefined;
}

/** A user's training rows. */
export interface UserData {
  readonly definition: TaskDefinition;
  readonly examples: readonly Example[];
  /** Why the rows are held to ask for what they ask for; absent when the caller said it. */
  readonly inferred?: Inferred;
}

/**
 * Reads a file of labelled rows (JSON Lines, CSV, TSV or parquet, by its extension) and finds out what they ask for.
 * @throws UnmaskError with file and line for rows that do not fit; `bad-data` for a file without rows or with one class
 */
export async function readUserData(path: string, columns: Columns, { kind, limit = Infinity, maxNewTokens = 128 }: UserDataOptions = {}): Promise<UserData> {
  checkLimit(limit);
  if (columns.texts.includes(columns.label)) throw new UnmaskError(`"${columns.label}" is named as a text and as the label: a model would be shown the answer`);
  const rows: LocatedRow[] = [];
  for await (const located of readRows(path, rowsOf(path, limit), limit)) {
    const row = readLocated(path, located, (values) => withColumns(values, columns));
    rows.push({ place: located.place, read: () => row });
  }
  const each: EachRow = (use) => rows.map((row) => readLocated(path, row, use));
  const inferred = kind ? undefined : inferKind(columns, [...each((row) => row)]);
  const definition = define(kind ?? inferred!.kind, columns, each, maxNewTokens);
  const { example } = userTask('', definition);
  return { definition, examples: [...each(example)], ...(inferred ? { inferred } : {}) };
}

/**
 * Reads the labelled rows of a file for a task that is known.
 * @throws UnmaskError with file and line for rows that do not fit
 */
export async function readUserExamples(path: string, { example }: Pick<UserTask, 'example'>, limit = Infinity): Promise<Example[]> {
  checkLimit(limit);
  const examples: Example[] = [];
  for await (const row of readRows(path, rowsOf(path, limit), limit)) examples.push(readLocated(path, row, example));
  return examples;
}

/**
 * Texts as rows with a task's columns.
 * @param lines a text each, or the two of a pair with a tab between them
 * @throws UnmaskError naming the line that does not fit
 */
export async function* readUserTexts(lines: AsyncIterable<string> | Iterable<string>, { input }: Pick<UserTask, 'input'>, { texts }: Columns): AsyncGenerator<UserInput> {
  let number = 0;
  for await (const line of lines) {
    const place = ` ${++number}`;
    yield readLocated('text', { place, read: () => rowOf(line, texts) }, (row) => ({ row, example: input(row) }));
  }
}

function rowOf(line: string, columns: Columns['texts']): Row {
  const parts = columns.length === 1 ? [line] : line.split('\t');
  if (parts.length !== columns.length) throw new RowError(`has ${parts.length - 1} tabs; give the two texts of a pair with one tab between them`);
  return Object.fromEntries(columns.map((column, index) => [column, parts[index]]));
}

/** A row with what a model is to read of it. */
export interface UserInput {
  readonly row: Row;
  /** Its label is a placeholder. */
  readonly example: Example;
}

/**
 * The rows of a file, labelled or not, one at a time.
 * @throws UnmaskError with file and line for rows that do not fit
 */
export async function* readUserInputs(path: string, { input }: Pick<UserTask, 'input'>): AsyncGenerator<UserInput> {
  for await (const located of readRows(path, rowsOf(path), Infinity)) yield readLocated(path, located, (row) => ({ row, example: input(row) }));
}

/** The row itself. @throws RowError when a column is missing */
function withColumns(row: Row, { texts, label }: Columns): Row {
  for (const column of [...texts, label]) fieldOf(row, column);
  return row;
}

function define(kind: Task['kind'], columns: Columns, each: EachRow, maxNewTokens: number): TaskDefinition {
  switch (kind) {
    case 'classification':
      return defineClassification(columns, each);
    case 'regression':
      return defineRegression(columns, each);
    case 'token-classification':
      return defineTagging(columns, each);
    case 'generation':
      return defineGeneration(columns, maxNewTokens);
  }
}
