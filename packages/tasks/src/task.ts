import type { Random } from '@unmask/tensor-core';
import type { Metric } from './metrics/metric.js';
import type { Fields, Row } from './row.js';

/** One text, or the two of a pair. */
export type Texts = readonly [string] | readonly [string, string];

/** A text or a pair of texts with its class or score. */
export interface TextExample {
  readonly texts: Texts;
  /** Class id (index into the task's labels), or score for a regression task. */
  readonly label: number;
}

/** A sentence in words, with a class for each. */
export interface TaggedExample {
  readonly words: readonly string[];
  /** Class id of each word. */
  readonly label: readonly number[];
}

/** A prompt with the text that should follow it. */
export interface GenerationExample {
  readonly prompt: string;
  /** What a model is trained to write. */
  readonly target: string;
  /** What its text is measured against: the right answer, or one summary or more. At least one. */
  readonly label: readonly string[];
}

/** One labelled row. */
export type Example = TextExample | TaggedExample | GenerationExample;

/** The parts of a task's data: a run trains on `train` and is measured on others. */
export type Split = 'train' | 'validation' | 'validation_matched' | 'validation_mismatched' | 'test';

/** Where a task's data is on the Hugging Face hub, as parquet files with the task's text fields and `label`. */
export interface HubSource {
  /** The dataset repository, as `owner/name`. */
  readonly repository: string;
  /** The commit, so that the data stay the same. */
  readonly revision: string;
  /** Path of a split's file within the repository. */
  file(split: Split): string;
}

interface TaskCommon<Kind extends string, Answer, Truth = Answer> {
  /** What the task asks for, and so which head a model needs. */
  readonly kind: Kind;
  /** Short name, and the folder of the task's data. */
  readonly name: string;
  /** Splits that are measured on, the one that ranks first; none for a task that is for training only. */
  readonly evaluationSplits: readonly Split[];
  /** Name of the task whose `train` split a model is trained on; the task's own when absent. */
  readonly trainedOn?: string;
  /** Metrics by name; higher is better. */
  readonly metrics: Readonly<Record<string, Metric<Answer, Truth>>>;
  /** Name of the one of {@link metrics} that a result is ranked by. */
  readonly primaryMetric: string;
  /** Absent for a task whose data are not read from the hub. */
  readonly hub?: HubSource;
}

interface TextTask {
  /** Names of the text fields of a row, in the order in which a model reads them. */
  readonly fields: readonly [string] | readonly [string, string];
  /**
   * Writes the text or pair of texts of a made-up row that deserves `label`: a class id, or a whole score.
   * Equal generators give equal texts. Absent for a task on a user's own data, as in the other kinds.
   */
  synthesize?(random: Random, label: number): Texts;
}

/** A task whose answers are class ids. */
export interface ClassificationTask extends TaskCommon<'classification', number>, TextTask {
  /** Class names by id. */
  readonly labels: readonly string[];
}

/** A task whose answers are scores. */
export interface RegressionTask extends TaskCommon<'regression', number>, TextTask {
  /** Lowest and highest score, both allowed. */
  readonly labelRange: readonly [lowest: number, highest: number];
}

/** A task whose answers are class ids, one a word. */
export interface TokenClassificationTask extends TaskCommon<'token-classification', ArrayLike<number>> {
  /** Names of the fields that hold the words and their class ids. */
  readonly fields: readonly [words: string, labels: string];
  /** Class names by id; class 0 stands for a word that is nothing in particular. */
  readonly labels: readonly string[];
  /** Makes up an example. Equal generators give equal examples. */
  synthesize?(random: Random): TaggedExample;
}

/** A task whose answers are texts. */
export interface GenerationTask extends TaskCommon<'generation', string, readonly string[]> {
  /** Tokens after which an answer is cut off. */
  readonly maxNewTokens: number;
  /** The example that a row of the data holds. @throws RowError when it is not a row of the task */
  read(row: Row): GenerationExample;
  /** Makes up the fields of a row. Equal generators give equal rows. */
  synthesize?(random: Random): Fields;
}

/** What a model is trained and measured on, by its kind. */
export type Task = ClassificationTask | RegressionTask | TokenClassificationTask | GenerationTask;

/** The examples of a task. */
export type ExampleOf<T extends Task> = T extends GenerationTask ? GenerationExample : T extends TokenClassificationTask ? TaggedExample : TextExample;

/** What a model answers to an example of a task: a class id or score, the class ids of its words, or a text. */
export type AnswerOf<T extends Task> = T extends GenerationTask ? string : T extends TokenClassificationTask ? ArrayLike<number> : number;
