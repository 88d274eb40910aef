import { UnmaskError } from '@unmask/tensor-core';
import { mean, type Metric } from './metrics/metric.js';
import { standardError } from './metrics/standard-error.js';
import type { AnswerOf, Example, ExampleOf, Task } from './task.js';

/**
 * The task's metrics by name.
 * @param answers what a model answers to each example
 * @throws UnmaskError when there is nothing to compare, the lists differ in length, or an answer is no finite number where it
 *   should be one
 */
export function evaluate<T extends Task>(task: T, answers: ArrayLike<AnswerOf<T>>, examples: readonly Pick<ExampleOf<T>, 'label'>[]): Record<string, number> {
  return eachMetric(task, answers, examples, (metric, truths) => metric(answers, truths));
}

/**
 * The standard errors of the task's metrics by name: how much each would vary over evaluation sets of this size, analytic for
 * means, by bootstrap for others. Null for a single example.
 * @param seed of the bootstrap
 * @throws UnmaskError as {@link evaluate}
 */
export function standardErrors<T extends Task>(
  task: T,
  answers: ArrayLike<AnswerOf<T>>,
  examples: readonly Pick<ExampleOf<T>, 'label'>[],
  seed: number | string,
): Record<string, number | null> {
  return eachMetric(task, answers, examples, (metric, truths) => standardError(metric, answers, truths, seed));
}

/**
 * The metrics of an answer that ignores the example: the most frequent label of the training examples (of equally frequent
 * ones the lowest; of words the most frequent class for every word; of sets the labels that most have), or the mean score. A constant correlates with
 * nothing, so correlations are 0.
 */
export function majorityBaseline<T extends Task>(task: T, trainExamples: readonly ExampleOf<T>[], evaluationExamples: readonly ExampleOf<T>[]): Record<string, number> {
  const answer = constantAnswer(task, trainExamples);
  return evaluate(task, evaluationExamples.map((example) => answer(example) as AnswerOf<T>), evaluationExamples);
}

/** What the metrics of any task work on. */
type AnyMetric = Metric<unknown>;

function eachMetric<Value>(task: Task, answers: ArrayLike<unknown>, examples: readonly Pick<Example, 'label'>[], measure: (metric: AnyMetric, truths: unknown[]) => Value): Record<string, Value> {
  if (examples.length === 0 || answers.length !== examples.length) {
    throw new UnmaskError(`${answers.length} predictions for ${examples.length} labels of ${task.name}: give one prediction for each label, at least one`);
  }
  const broken = Array.prototype.findIndex.call(answers, (answer) => typeof answer === 'number' && !Number.isFinite(answer));
  if (broken >= 0) {
    throw new UnmaskError(
      `prediction ${broken} of ${task.name} is ${String(answers[broken])}, not a finite number: the model has diverged; train with a lower learning rate`,
      { code: 'bad-data' },
    );
  }
  const truths = examples.map(({ label }) => label);
  return Object.fromEntries(Object.entries(task.metrics).map(([name, metric]) => [name, measure(metric as AnyMetric, truths)]));
}

function constantAnswer(task: Task, trainExamples: readonly Example[]): (example: Example) => unknown {
  if (task.kind === 'multilabel') {
    const sets = trainExamples.map(({ label }) => new Set(label as readonly number[]));
    const most = task.labels.flatMap((_, id) => (sets.filter((set) => set.has(id)).length > sets.length / 2 ? [id] : []));
    return () => most;
  }
  const labels = trainExamples.flatMap(({ label }) => (task.kind === 'generation' ? (label as readonly string[])[0] : (label as number | number[])));
  const answer = task.kind === 'regression' ? mean(labels as number[]) : mostFrequent(labels);
  return ({ label }) => (task.kind === 'token-classification' ? (label as readonly number[]).map(() => answer) : answer);
}

function mostFrequent<Label>(labels: readonly Label[]): Label {
  const counts = new Map<Label, number>();
  for (const label of [...labels].sort()) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
