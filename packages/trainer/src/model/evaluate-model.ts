import { evaluate, type FileOptions, nameOfRows, readUserExamples, type Rows, standardErrors, unseenNote } from '@unmask/tasks';
import { answersTo } from '../evaluation/measure.js';
import { formOf } from '../forms/index.js';
import { noteBadRows } from './bad-rows.js';
import { type Confusion, confusionOf } from './confusion.js';
import type { TrainedModel } from './trained-model.js';
import { withReference } from './reference.js';

/** How good a trained model is on some rows. */
export interface ModelEvaluation {
  readonly examples: number;
  /** Fractions: 0.86 is 86 %. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How much each metric would vary over evaluation sets of this size; null for a single row. */
  readonly standardErrors: Readonly<Record<string, number | null>>;
  readonly primaryMetric: string;
  readonly primaryValue: number;
  /** Of classes: how often each was taken for which. */
  readonly confusion?: Confusion;
}

/** Options of {@link evaluateModel}. */
export interface EvaluateModelOptions extends FileOptions {
  /** Rows to read from the start of the file; all by default. */
  readonly limit?: number | undefined;
  readonly batchSize?: number;
  /** Go on without rows that do not fit. */
  readonly skipBadRows?: boolean;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Takes facts about the rows, a line each. */
  readonly onNote?: (note: string) => void;
}

/** Seed of the bootstrap that standard errors come from. */
const SEED = 1;

/**
 * Measures a trained model on labelled rows.
 * @throws UnmaskError with the places of rows that do not fit
 */
export async function evaluateModel(
  trained: TrainedModel,
  data: Rows,
  { limit, batchSize = 32, skipBadRows = false, onProgress, onNote = () => undefined, ...file }: EvaluateModelOptions = {},
): Promise<ModelEvaluation> {
  const { card, user } = trained;
  const { task } = user;
  const examples = await noteBadRows(nameOfRows(data), skipBadRows, onNote, (onBadRow) => readUserExamples(data, user, { ...file, limit, onBadRow }));
  const unseen = unseenNote(nameOfRows(data), user, examples);
  if (unseen !== undefined) onNote(unseen);
  const encoded = await withReference(trained, examples, batchSize);
  if (encoded === undefined && formOf(task).reference && card.change === null) onNote('the model before training is not in a whole checkpoint: rewards are how likely the answers are');
  const answers = await answersTo(task, trained, examples, { settings: card, batchSize, encoded, onProgress: (done) => onProgress?.(done, examples.length) });
  const metrics = evaluate(task, answers, examples);
  return {
    examples: examples.length,
    metrics,
    standardErrors: standardErrors(task, answers, examples, SEED),
    primaryMetric: task.primaryMetric,
    primaryValue: metrics[task.primaryMetric],
    ...(task.kind === 'classification' ? { confusion: confusionOf(task.labels, user.names ?? task.labels, answers as number[], examples.map(({ label }) => label as number)) } : {}),
  };
}
