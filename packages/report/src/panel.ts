import type { StoredRun } from '@unmask/benchmark';
import type { Score } from '@unmask/trainer';
import { taskNames } from '@unmask/tasks';
import { type JobRuns, type PanelRuns, rankingScores, type RowRuns } from './grouping.js';
import type { Cell, Column, Costs, Rate, Row } from './report.js';
import { deviation, groupBy, mean, ranks } from './statistics.js';

/** A run with its score in one column. */
export interface Measured {
  readonly run: StoredRun;
  readonly score: Score;
}

/** The chosen runs of a row in a column, by seed; none where it was not run. */
export function measuredIn(row: RowRuns, column: Column): Measured[] {
  const jobs = row.jobs.filter(({ task, trainExamples }) => task === column.trainedAs && trainExamples === column.trainExamples);
  return jobs.flatMap(({ chosen }) =>
    chosen.runs.flatMap((run) =>
      run.result.scores.filter(({ task, split, examples }) => task === column.task && split === column.split && examples === column.examples).map((score) => ({ run, score })),
    ),
  );
}

/** What the rows of a panel are measured by, in the order of the tasks. */
export function columnsOf({ rows }: PanelRuns): Column[] {
  const all = rows.flatMap(({ jobs }) => jobs.flatMap(({ task, trainExamples, chosen }) => chosen.runs.flatMap((run) => run.result.scores.map((score): Column => ({
    trainedAs: task,
    task: score.task,
    split: score.split,
    metric: score.primaryMetric,
    examples: score.examples,
    trainExamples,
    majority: score.majorityValue,
    ranks: rankingScores(run).includes(score),
  })))));
  const columns = [...groupBy(all, (column) => JSON.stringify({ ...column, majority: null })).values()].map((same) => ({ ...same[0], majority: mean(same.map(({ majority }) => majority)) }));
  const position = ({ task }: Column) => (taskNames.includes(task) ? taskNames.indexOf(task) : taskNames.length);
  return columns.sort((left, right) => position(left) - position(right));
}

/** The rows of the main table, best average rank first. */
export function rowsOf({ rows }: PanelRuns, columns: readonly Column[]): Row[] {
  const cells = columns.map((column) => withBest(rows.map((row) => cellOf(row, column))));
  const columnRanks = columns.map((column, index) => (column.ranks ? ranksOf(cells[index]) : rows.map(() => null)));
  const finished = rows.map(({ label, method, budget, variant, jobs }, position): Row => {
    const own = columnRanks.map((ranking) => ranking[position]).filter((rank) => rank !== null);
    return {
      label,
      method,
      budget,
      variant,
      cells: cells.map((column) => column[position]),
      averageRank: own.length === 0 ? null : mean(own),
      costs: meanCosts(jobs.map(({ chosen }) => costsOf(chosen.runs))),
    };
  });
  return finished.sort((left, right) => (left.averageRank ?? Infinity) - (right.averageRank ?? Infinity));
}

/** Every learning rate that was tried. */
export function ratesOf({ rows }: PanelRuns): Rate[] {
  const ratesOfJob = (row: string, { task, trainExamples, rates, chosen }: JobRuns) =>
    rates.map((rate): Rate => ({ row, task, trainExamples, learningRate: rate.learningRate, seeds: seedsOf(rate.runs), mean: rate.mean, chosen: rate === chosen }));
  return rows.flatMap(({ label, jobs }) => jobs.flatMap((job) => ratesOfJob(label, job)));
}

const seedsOf = (runs: readonly StoredRun[]) => runs.map(({ result }) => result.seed);

function cellOf(row: RowRuns, column: Column): Cell | null {
  const measured = measuredIn(row, column);
  if (measured.length === 0) return null;
  const values = measured.map(({ score }) => score.primaryValue);
  const runs = measured.map(({ run }) => run);
  const [{ score }] = measured;
  return {
    mean: mean(values),
    error: values.length > 1 ? deviation(values) : (score.standardErrors[score.primaryMetric] ?? null),
    errorOver: values.length > 1 ? 'seeds' : 'examples',
    seeds: seedsOf(runs),
    learningRate: runs[0].result.learningRate,
    best: false,
    costs: costsOf(runs),
  };
}

function withBest(cells: readonly (Cell | null)[]): (Cell | null)[] {
  const highest = Math.max(...cells.map((cell) => cell?.mean ?? -Infinity));
  return cells.map((cell) => cell && { ...cell, best: cell.mean === highest });
}

/** The rank of each cell that there is. */
function ranksOf(cells: readonly (Cell | null)[]): (number | null)[] {
  const present = ranks(cells.filter((cell) => cell !== null).map((cell) => cell.mean));
  return cells.map((cell) => (cell ? (present.shift() ?? null) : null));
}

const costsOf = (runs: readonly StoredRun[]) => meanCosts(runs.map(({ result }) => result));

function meanCosts(each: readonly Costs[]): Costs {
  const meanOf = (name: keyof Costs) => mean(each.map((costs) => costs[name]));
  return {
    trainedParameters: meanOf('trainedParameters'),
    gradientUpdates: meanOf('gradientUpdates'),
    secondsTraining: meanOf('secondsTraining'),
    peakMemoryMB: meanOf('peakMemoryMB'),
    deltaBytes: meanOf('deltaBytes'),
  };
}
