import { type Columns, type Example, type FileOptions, type FormOptions, holdOutRows, kindWords, nameOfRows, readUserData, readUserExamples, type Rows, type Task, type TaskDefinition, unseenNote, type UserTask, userTask, withoutInputs } from '@unmask/tasks';
import { stemOf, UnmaskError } from '@unmask/tensor-core';
import { noteBadRows } from './bad-rows.js';

/** Which rows to train on and to measure with. */
export interface TrainingRowsOptions extends FormOptions, FileOptions {
  /** The training rows. */
  readonly data: Rows;
  readonly columns: Columns;
  /** What the rows ask for; by what stands in them when left out. */
  readonly kind?: Task['kind'] | undefined;
  /** The rows to measure on; by default some of `data` are held out. */
  readonly evaluationData?: Rows | undefined;
  /** Share of `data` to hold out, when no others are given. */
  readonly holdOut: number;
  /** Rows of each to read; all by default. */
  readonly limit?: number | undefined;
  /** Go on without rows that do not fit. */
  readonly skipBadRows?: boolean | undefined;
}

/** A user's rows as a task. */
export interface TrainingRows {
  readonly definition: TaskDefinition;
  readonly user: UserTask;
  readonly train: readonly Example[];
  /** None of them is in `train`. */
  readonly heldOut: readonly Example[];
}

/**
 * Reads the rows and splits them.
 * @param onNote takes facts about the rows, a line each
 * @throws UnmaskError with the places of rows that do not fit
 */
export async function readTrainingRows(options: TrainingRowsOptions, seed: number, onNote: (note: string) => void): Promise<TrainingRows> {
  const { data, columns, kind, limit, delimiter, encoding, evaluationData, skipBadRows = false } = options;
  const name = nameOfRows(data);
  const { definition, examples, inferred } = await noteBadRows(name, skipBadRows, onNote, (onBadRow) => readUserData(data, columns, { ...options, kind, limit, onBadRow }));
  if (inferred) onNote(`${name}: ${inferred.because}, so this is ${kindWords[definition.kind]}; if it is not, say so by --task`);
  const user = userTask(stemOf(name), definition);
  if (evaluationData !== undefined) {
    const evaluationName = nameOfRows(evaluationData, 'evaluationData');
    const heldOut = await noteBadRows(evaluationName, skipBadRows, onNote, (onBadRow) => readUserExamples(evaluationData, user, { limit, onBadRow, delimiter, encoding }));
    const unknown = unseenNote(evaluationName, user, heldOut);
    if (unknown !== undefined) onNote(unknown);
    const unseen = withoutInputs(examples, heldOut);
    const shared = examples.length - unseen.length;
    if (unseen.length === 0) throw new UnmaskError(`every row of ${name} is in ${evaluationName} as well: measure on rows that the model is not trained on`, { code: 'bad-data' });
    if (shared > 0) onNote(`${shared} of ${examples.length} rows of ${name} are in ${evaluationName} as well: they are not trained on`);
    onNote(`${unseen.length} rows to train on, ${heldOut.length} in the evaluation file to measure on`);
    return { definition, user, train: unseen, heldOut };
  }
  const { train, heldOut } = holdOutRows(examples, options.holdOut, seed);
  onNote(`${train.length} rows to train on, ${heldOut.length} held out to measure on`);
  return { definition, user, train, heldOut };
}
