import { UnmaskError } from '@unmask/tensor-core';
import { type FileOptions, type LocatedRow, readLocated } from '../files/located-row.js';
import { readRows } from '../files/read-rows.js';
import { checkLimit } from '../limit.js';
import { fieldOf, type Row, RowError } from '../row.js';
import type { Example, Task } from '../task.js';
import { BadRows, type OnBadRow } from './bad-rows.js';
import type { Columns, EachRow, Form, FormOptions } from './forms/form.js';
import { formOf, type TaskDefinition, userTask } from './forms/index.js';
import { strangeLabel } from './forms/labels.js';
import type { UserTask } from './forms/user-task.js';
import { score } from './forms/values.js';
import { type Inferred, inferKind } from './infer.js';
import { locatedRows, nameOfRows, type Rows } from './rows.js';

/** How rows are read. */
export interface UserRowsOptions extends FileOptions {
  /** Rows to read from the start; all by default. */
  readonly limit?: number | undefined;
  /** Passes over rows that do not fit. By default they are an error. */
  readonly onBadRow?: OnBadRow | undefined;
}

/** Options of {@link readUserData}. */
export interface UserDataOptions extends UserRowsOptions, FormOptions {
  /** What the rows ask for; by what stands in them when left out. */
  readonly kind?: Task['kind'] | undefined;
}

/** A user's training rows. */
export interface UserData {
  readonly definition: TaskDefinition;
  readonly examples: readonly Example[];
  /** Why the rows are held to ask for what they ask for; absent when the caller said it. */
  readonly inferred?: Inferred;
}

/**
 * Reads labelled rows and finds out what they ask for.
 * @throws UnmaskError with the places of the rows that do not fit; `bad-data` where there are none, or of one class
 */
export async function readUserData(data: Rows, columns: Columns, { kind, limit = Infinity, onBadRow, delimiter, encoding, ...options }: UserDataOptions = {}): Promise<UserData> {
  if (columns.label !== null && columns.texts.includes(columns.label)) throw new UnmaskError(`"${columns.label}" is named as a text and as the label: a model would be shown the answer`);
  if (kind !== 'embedding' && columns.texts.length > 2) throw new UnmaskError(`--text names ${columns.texts.length} columns: name one, or two for pairs of texts; three are triplets (--task embedding)`);
  const bad = new BadRows(nameOfRows(data), onBadRow);
  let rows: (LocatedRow & { readonly number: number })[] = [];
  for await (const { row, place, number } of readFitting(data, limit, bad, { delimiter, encoding }, (row) => withColumns(row, columns))) rows.push({ place, number, read: () => row });
  const each: EachRow = (use) => {
    const read = rows.map((row) => ({ row, value: bad.read(row, row.number, use) })).filter(({ value }) => value !== undefined);
    rows = read.map(({ row }) => row);
    bad.check(rows.length);
    return read.map(({ value }) => value!);
  };
  if (rows.length === 0) bad.check(0);
  const inferred = kind ? undefined : inferKind(columns, rows.map(({ read }) => read()));
  if (inferred?.kind === 'regression') each((row) => score(row, columns.label!, `give a number: ${inferred.because}, and if this is no regression, say so by --task`));
  const form = formOf(kind ?? inferred!.kind);
  const definition = form.define(inferred?.columns ?? columnsFor(form, columns, rows), each, options);
  const { example } = userTask('', definition);
  return { definition, examples: each(example), ...(inferred ? { inferred } : {}) };
}

/** The columns that are named, or else those by which a form knows its rows. */
function columnsFor({ recognise }: Pick<Form, 'recognise'>, columns: Columns, [first]: readonly LocatedRow[]): Columns {
  return (columns.texts.length === 0 && columns.label === null ? recognise?.(first.read())?.columns : undefined) ?? columns;
}

/**
 * Reads labelled rows for a task that is known. Rows with a class that no training row has get ids behind the task's own.
 * @throws UnmaskError with the places of the rows that do not fit; `bad-data` where no row has a class of the task
 */
export async function readUserExamples(rows: Rows, user: UserTask, { limit = Infinity, onBadRow, ...options }: UserRowsOptions = {}): Promise<Example[]> {
  const bad = new BadRows(nameOfRows(rows), onBadRow);
  const examples: Example[] = [];
  let first = '';
  for await (const { row, place } of readFitting(rows, limit, bad, options, user.example)) {
    if (examples.push(row) === 1) first = `${nameOfRows(rows)}${place}`;
  }
  bad.check(examples.length);
  const strange = strangeLabel(user, examples);
  if (strange !== undefined) throw new UnmaskError(`${first} ${strange}`, { code: 'bad-data' });
  return examples;
}

/** Most rows that are read where nobody says how many: some kilobytes of a file can stand for billions. */
const MOST_ROWS = 2_000_000;

/** What is read of each row that fits. @throws UnmaskError for more rows than fit into memory, unless they are asked for */
async function* readFitting<T>(rows: Rows, limit: number, bad: BadRows, options: FileOptions, use: (row: Row) => T) {
  checkLimit(limit);
  let number = 0;
  for await (const located of readRows(nameOfRows(rows), locatedRows(rows, limit, options), limit)) {
    if (number === MOST_ROWS && limit === Infinity) throw new UnmaskError(`${nameOfRows(rows)} has more than ${MOST_ROWS} rows, which are held in memory: say how many to take by --limit`, { code: 'bad-data' });
    const row = bad.read(located, number++, use);
    if (row !== undefined) yield { row, place: located.place, number };
  }
}

/**
 * Texts as rows with a task's columns.
 * @param lines a text each, or the two of a pair with a tab between them; of conversations what is asked
 * @throws UnmaskError naming the line that does not fit
 */
export async function* readUserTexts(lines: AsyncIterable<string> | Iterable<string>, { input, inputs }: Pick<UserTask, 'input' | 'inputs'>): AsyncGenerator<UserInput> {
  let number = 0;
  for await (const line of lines) {
    const place = ` ${++number}`;
    yield readLocated('text', { place, read: () => rowOf(line, inputs) }, (row) => ({ row, example: input(row) }));
  }
}

function rowOf(line: string, columns: readonly string[]): Row {
  const parts = columns.length === 1 || line.trim() === '' ? columns.map(() => line) : line.split('\t');
  if (parts.length !== columns.length) throw new RowError(`has ${parts.length - 1} tabs; give the two texts of a pair with one tab between them`);
  return new Map(columns.map((column, index) => [column, parts[index]]));
}

/** A row with what a model is to read of it. */
export interface UserInput {
  readonly row: Row;
  /** Its label is a placeholder. Undefined when there is nothing to answer, since a text is empty. */
  readonly example: Example | undefined;
}

/**
 * Rows, labelled or not, one at a time.
 * @throws UnmaskError with the place of the first row that does not fit
 */
export async function* readUserInputs(rows: Rows, { input }: Pick<UserTask, 'input'>, { onBadRow, ...options }: Omit<UserRowsOptions, 'limit'> = {}): AsyncGenerator<UserInput> {
  const bad = new BadRows(nameOfRows(rows), onBadRow);
  let number = 0;
  for await (const located of readRows(nameOfRows(rows), locatedRows(rows, Infinity, options), Infinity)) {
    const found = bad.read(located, number++, (row) => ({ row, example: input(row) }));
    bad.check(number);
    if (found) yield found;
  }
}

/** The row itself. @throws RowError when a column is missing */
function withColumns(row: Row, { texts, label }: Columns): Row {
  for (const column of [...texts, ...(label === null ? [] : [label])]) fieldOf(row, column);
  return row;
}
