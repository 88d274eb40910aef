import type { Metric, Task } from '@unmask/tasks';
import { didYouMean, UnmaskError } from '@unmask/tensor-core';

/** Metrics of one's own beside a task's. */
export interface OwnMetrics {
  /** By name: of the model's answers and the right ones (class ids, scores, class ids of words, or texts), higher is better. */
  readonly metrics?: Readonly<Record<string, Metric<never, never>>> | undefined;
  /** The metric that results and steps are ranked by (HF's metric_for_best_model); the task's own by default. */
  readonly metricForBestModel?: string | undefined;
}

/** A task that is measured by further metrics. @throws UnmaskError for a name of a metric that there is not */
export function withMetrics<T extends Task>(task: T, { metrics = {}, metricForBestModel = task.primaryMetric }: OwnMetrics = {}): T {
  const all = { ...task.metrics, ...metrics };
  const names = Object.keys(all);
  if (!names.includes(metricForBestModel)) throw new UnmaskError(`metricForBestModel is "${metricForBestModel}": the metrics are ${names.join(', ')}${didYouMean(metricForBestModel, names)}`);
  return { ...task, metrics: all, primaryMetric: metricForBestModel };
}
