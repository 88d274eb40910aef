import type { Random } from '@unmask/tensor-core';
import type { MetricName } from './metrics/index.js';

/** One text, or the two of a pair. */
export type Texts = readonly [string] | readonly [string, string];

/** One labelled row. */
export interface Example {
  readonly texts: Texts;
  /** Class id (index into {@link Task.labels}), or score for a regression task. */
  readonly label: number;
}

/** The splits that a task is trained and evaluated on. */
export type Split = 'train' | 'validation';

/** Where a task's data is on the Hugging Face hub, as parquet files with the task's text fields and `label`. */
export interface HubSource {
  /** The dataset repository, as `owner/name`. */
  readonly repository: string;
  /** The commit, so that the data stay the same. */
  readonly revision: string;
  /** Path of a split's file within the repository. */
  file(split: Split): string;
}

interface TaskCommon {
  /** Short name, and the folder of the task's data. */
  readonly name: string;
  /** Names of the text fields of a row, in the order in which a model reads them. */
  readonly fields: readonly [string] | readonly [string, string];
  /** Class names by id; empty for regression. */
  readonly labels: readonly string[];
  readonly metrics: readonly MetricName[];
  /** The one of {@link metrics} that a result is ranked by. */
  readonly primaryMetric: MetricName;
  /** Absent for a task that has no data on the hub. */
  readonly hub?: HubSource;
  /**
   * Writes the text or pair of texts of a made-up row that deserves `label`: a class id, or a whole score.
   * Equal generators give equal texts.
   */
  synthesize(random: Random, label: number): Texts;
}

/** A task whose answers are class ids. */
export interface ClassificationTask extends TaskCommon {
  readonly kind: 'classification';
}

/** A task whose answers are scores. */
export interface RegressionTask extends TaskCommon {
  readonly kind: 'regression';
  /** Lowest and highest score, both allowed. */
  readonly labelRange: readonly [lowest: number, highest: number];
}

/** What a model is trained and measured on. */
export type Task = ClassificationTask | RegressionTask;
