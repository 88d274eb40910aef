import { evaluate, readUserExamples, standardErrors } from '@unmask/tasks';
import { answersTo } from '../evaluation/measure.js';
import { type Confusion, confusionOf } from './confusion.js';
import type { TrainedModel } from './trained-model.js';

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

/** Seed of the bootstrap that standard errors come from. */
const SEED = 1;

/**
 * Measures a trained model on the labelled rows of a file.
 * @throws UnmaskError with file and line for rows that do not fit
 */
export async function evaluateModel(
  trained: TrainedModel,
  data: string,
  { limit, batchSize = 32, onProgress }: { readonly limit?: number | undefined; readonly batchSize?: number; readonly onProgress?: ((done: number, total: number) => void) | undefined } = {},
): Promise<ModelEvaluation> {
  const { card, user } = trained;
  const { task } = user;
  const examples = await readUserExamples(data, user, limit);
  const answers = await answersTo(task, { batchSize: batchSize / 2, maxLength: card.maxLength }, trained, examples, (done) => onProgress?.(done, examples.length));
  const metrics = evaluate(task, answers, examples);
  return {
    examples: examples.length,
    metrics,
    standardErrors: standardErrors(task, answers, examples, SEED),
    primaryMetric: task.primaryMetric,
    primaryValue: metrics[task.primaryMetric],
    ...(task.kind === 'classification' ? { confusion: confusionOf(task.labels, answers as number[], examples.map(({ label }) => label as number)) } : {}),
  };
}
