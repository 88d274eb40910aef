import { UnmaskError } from '@unmask/tensor-core';
import { metrics } from './metrics/index.js';
import { mean } from './metrics/pearson.js';
import type { Example, Task } from './task.js';

/**
 * The task's metrics by name.
 * @param predictions class ids, or scores for a regression task
 * @param labels the right answers, one a prediction
 * @throws UnmaskError when there is nothing to compare, the lists differ in length, or a prediction is not a finite number
 */
export function evaluate(task: Task, predictions: ArrayLike<number>, labels: ArrayLike<number>): Record<string, number> {
  if (labels.length === 0 || predictions.length !== labels.length) {
    throw new UnmaskError(`${predictions.length} predictions for ${labels.length} labels of ${task.name}: give one prediction for each label, at least one`);
  }
  const broken = Array.prototype.findIndex.call(predictions, (value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw new UnmaskError(
      `prediction ${broken} of ${task.name} is ${predictions[broken]}, not a finite number: the model has diverged; train with a lower learning rate`,
      { code: 'bad-data' },
    );
  }
  return Object.fromEntries(task.metrics.map((name) => [name, metrics[name](predictions, labels)]));
}

/**
 * The metrics of an answer that ignores the text: the most frequent class of the training examples (of equally frequent
 * ones the lowest id), or their mean score. A constant correlates with nothing, so correlations are 0.
 */
export function majorityBaseline(task: Task, trainExamples: readonly Example[], evaluationExamples: readonly Example[]): Record<string, number> {
  const labels = trainExamples.map(({ label }) => label);
  const answer = task.kind === 'regression' ? mean(labels) : mostFrequent(labels, task.labels.length);
  return evaluate(
    task,
    evaluationExamples.map(() => answer),
    evaluationExamples.map(({ label }) => label),
  );
}

function mostFrequent(labels: readonly number[], classes: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts.indexOf(Math.max(...counts));
}
