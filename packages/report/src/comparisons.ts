import type { Predictions } from '@unmask/trainer';
import { getTask, type Metric, sampledMetric, taskNames } from '@unmask/tasks';
import { Random } from '@unmask/tensor-core';
import { pairedDifference, resample, type Resampled } from './bootstrap.js';
import type { PanelRuns, RowRuns } from './grouping.js';
import { measuredIn } from './panel.js';
import type { Column, Comparison } from './report.js';
import { mean } from './statistics.js';

/** How rows are compared. */
export interface ComparisonOptions {
  /** Method to compare the others with; without it the best row of each column. */
  readonly against?: string;
  /** Of the resamples. */
  readonly seed: number;
  readonly resamples: number;
}

/** A row in a column: what its model of each seed answered. */
interface Candidate {
  readonly row: RowRuns;
  readonly mean: number;
  /** By seed; without the seeds whose answers were not kept. */
  readonly answers: ReadonlyMap<number, Predictions>;
}

/** Each column's reference against every other row of it. */
export function comparisonsOf(panel: PanelRuns, columns: readonly Column[], options: ComparisonOptions): Comparison[] {
  return columns.flatMap((column) => compareIn(column, candidatesIn(panel, column), options));
}

function candidatesIn({ rows }: PanelRuns, column: Column): Candidate[] {
  return rows.flatMap((row) => {
    const measured = measuredIn(row, column);
    if (measured.length === 0) return [];
    const answers = measured.flatMap(({ run: { result, predictions } }) => {
      const own = predictions.find(({ task, split }) => task === column.task && split === column.split);
      return own ? [[result.seed, own] as const] : [];
    });
    return [{ row, mean: mean(measured.map(({ score }) => score.primaryValue)), answers: new Map(answers) }];
  });
}

const best = (candidates: readonly Candidate[]) => candidates.reduce((highest, each) => (each.mean > highest.mean ? each : highest));

function compareIn(column: Column, candidates: readonly Candidate[], { against, seed, resamples }: ComparisonOptions): Comparison[] {
  const named = candidates.filter(({ row }) => against === undefined || row.method === against);
  if (named.length === 0) return [];
  const reference = best(named);
  const others = candidates.filter((candidate) => candidate !== reference);
  const metric = metricOf(column);
  const problems = new Map(others.map((other) => [other, problemOf(reference, other, metric)]));
  const values = metric ? resampledAnswers([reference, ...others.filter((other) => problems.get(other) === undefined)], metric, column, { seed, resamples }) : new Map<Predictions, Resampled>();
  return others.map((other) => {
    const names = { task: column.task, split: column.split, reference: reference.row.label, other: other.row.label };
    const skipped = problems.get(other);
    if (skipped !== undefined) return { ...names, outcome: { skipped } };
    const seeds = sharedSeeds(reference, other);
    const pairs = seeds.map((shared) => [reference, other].map(({ answers }) => values.get(answers.get(shared) as Predictions)) as [Resampled, Resampled]);
    return { ...names, outcome: { ...pairedDifference(pairs), seeds, examples: column.examples } };
  });
}

const metricOf = ({ task, metric }: Column) => (taskNames.includes(task) ? (getTask(task).metrics[metric] as Metric<unknown> | undefined) : undefined);

const sharedSeeds = (first: Candidate, second: Candidate) => [...first.answers.keys()].filter((seed) => second.answers.has(seed));

/** Why two rows cannot be compared, if so. */
function problemOf(reference: Candidate, other: Candidate, metric: Metric<unknown> | undefined): string | undefined {
  if (!metric) return 'the metric is not one of the task';
  if (reference.answers.size === 0 || other.answers.size === 0) return 'no predictions were kept';
  const seeds = sharedSeeds(reference, other);
  if (seeds.length === 0) return 'no seed in common';
  // generated examples, for one, are of a seed, so they need not be the same for all
  const [ours, theirs] = [reference, other].map(({ answers }) => seeds.map((seed) => JSON.stringify(answers.get(seed)?.labels)));
  if (ours.some((labels, index) => labels !== theirs[index])) return 'not measured on the same examples';
  return undefined;
}

/** The metric of all answers on the same resamples. */
function resampledAnswers(candidates: readonly Candidate[], metric: Metric<unknown>, column: Column, { seed, resamples }: { seed: number; resamples: number }): Map<Predictions, Resampled> {
  const all = candidates.flatMap(({ answers }) => [...answers.values()]);
  const systems = all.map(({ answers, labels }) => sampledMetric(metric, answers, labels));
  const results = resample(systems, column.examples, resamples, new Random(`${seed}/${column.task}/${column.split}`));
  return new Map(all.map((each, index) => [each, results[index]]));
}
