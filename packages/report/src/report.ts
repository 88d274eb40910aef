import type { DamagedRun, FailedRun } from '@unmask/benchmark';
import type { DataOrigin } from '@unmask/trainer';
import type { Split } from '@unmask/tasks';
import type { BootstrapResult } from './bootstrap.js';
import type { LossCurve } from './losses.js';
import type { PublishedBenchmark } from './published.js';
import type { UnmaskedMap } from './unmasked.js';

/** Everything that a report says, as plain data: the content of `report.json`. Scores and differences are fractions: 0.86 is 86 %. */
export interface Report {
  /** Finished runs, repeated ones included. */
  readonly finished: number;
  /** One for each model and kind of data: only runs within one are compared. */
  readonly panels: readonly Panel[];
  /** The benchmarks that these runs are part of: published figures, and ours on real data. */
  readonly published: readonly PublishedBenchmark[];
  readonly failed: readonly FailedRun[];
  readonly damaged: readonly DamagedRun[];
  /** Folders of runs without a result. */
  readonly unfinished: readonly string[];
  /** Folders of runs left out because a later run had the same settings. */
  readonly repeated: readonly string[];
}

/** The runs of one model on one kind of data. */
export interface Panel {
  readonly model: string;
  readonly dataOrigin: DataOrigin;
  readonly columns: readonly Column[];
  /** Best average rank first. */
  readonly rows: readonly Row[];
  readonly rates: readonly Rate[];
  readonly comparisons: readonly Comparison[];
  readonly losses: readonly LossCurve[];
  readonly unmasked: readonly UnmaskedMap[];
}

/** What rows are measured by: a split of a task, after training on so many rows. */
export interface Column {
  /** Task that the runs were of: another than `task` for tasks that are trained on together. */
  readonly trainedAs: string;
  readonly task: string;
  readonly split: Split;
  readonly metric: string;
  /** Examples measured. */
  readonly examples: number;
  /** Examples in the training split. */
  readonly trainExamples: number;
  /** Score of always answering the training split's majority class, or its mean: over all runs, since generated data are of a seed. */
  readonly majority: number;
  /** Whether it decides on ranks and learning rates; a task's further splits do not. */
  readonly ranks: boolean;
}

/** A method with its budget. */
export interface Row {
  readonly label: string;
  readonly method: string;
  readonly budget: number | null;
  /** Other settings in which this row differs from another one of the same method and budget. */
  readonly variant: Readonly<Record<string, unknown>>;
  /** By column; null where it was not run. */
  readonly cells: readonly (Cell | null)[];
  /** Mean of its ranks, 1 the best, over the ranking columns in which it has a value; null when there are none. Ties share a rank. */
  readonly averageRank: number | null;
  /** Means over the tasks run. */
  readonly costs: Costs;
}

/** The score of a row in a column, at the learning rate with the best mean. */
export interface Cell {
  /** Over the seeds. */
  readonly mean: number;
  /** Standard deviation over the seeds, or for one seed the metric's standard error over examples; null for a single example. */
  readonly error: number | null;
  readonly errorOver: 'seeds' | 'examples';
  readonly seeds: readonly number[];
  readonly learningRate: number;
  /** Whether no other row has a higher mean in this column. */
  readonly best: boolean;
  readonly costs: Costs;
}

/** What a run took, as means over runs. */
export interface Costs {
  /** Scalars that training could change. */
  readonly trainedParameters: number;
  /** Scalar updates under the budget. */
  readonly gradientUpdates: number;
  readonly secondsTraining: number;
  /** In 2²⁰ bytes. */
  readonly peakMemoryMB: number;
  /** Size of the saved change. */
  readonly deltaBytes: number;
}

/** The outcome at one of the learning rates of a row. */
export interface Rate {
  readonly row: string;
  readonly task: string;
  readonly trainExamples: number;
  readonly learningRate: number;
  readonly seeds: readonly number[];
  /** Mean over seeds and, for tasks trained on together, over tasks. */
  readonly mean: number;
  /** Whether it is the one in the row. */
  readonly chosen: boolean;
}

/** A paired comparison of two rows in one column, over the same examples and seeds. */
export interface Comparison {
  readonly task: string;
  readonly split: Split;
  readonly reference: string;
  readonly other: string;
  /** The reference minus the other, or why they cannot be compared. */
  readonly outcome: (BootstrapResult & { readonly seeds: readonly number[]; readonly examples: number }) | { readonly skipped: string };
}
