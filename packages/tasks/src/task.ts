import type { Random } from '@unmask/tensor-core';
import type { TextReading } from './metrics/language.js';
import type { Metric } from './metrics/metric.js';
import type { PreferenceReading } from './metrics/preferences.js';
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

/** A text or a pair of texts with any number of labels. */
export interface LabelSetExample {
  readonly texts: Texts;
  /** Label ids, each once. */
  readonly label: readonly number[];
}

/** One turn of a conversation, with whatever a chat template takes. */
export interface Message {
  readonly role: string;
  /** A text, a list of parts, or null beside calls of tools. */
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** A conversation, whose answers are learned; or what is asked alone, to be answered. */
export interface ChatExample {
  readonly messages: readonly Message[];
  /** Functions that the model may call, as JSON schemas. */
  readonly tools?: readonly unknown[];
  /** Nothing: the answers are in the conversation. */
  readonly label: number;
}

/** A plain text. */
export interface PassageExample {
  readonly text: string;
  /** Nothing: every token is an answer. */
  readonly label: number;
}

/** Texts that belong together: a pair, an anchor with a positive and a negative, or one by itself. */
export interface EmbeddingExample {
  readonly texts: readonly string[];
  /** A score from 0 to 1 of scored pairs, a class id of labelled texts; else nothing. */
  readonly label: number;
}

/** What is said: plain text, or turns that a chat template writes. */
export type Turns = string | readonly Message[];

/** A question, the answer that is preferred, and another. */
export interface PreferenceExample {
  readonly prompt: Turns;
  readonly chosen: Turns;
  readonly rejected: Turns;
  /** Nothing: the preference is in the answers' places. */
  readonly label: number;
}

/** One labelled row. */
export type Example = TextExample | TaggedExample | GenerationExample | LabelSetExample | ChatExample | PassageExample | EmbeddingExample | PreferenceExample;

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
  /** What its figures are compared with: the model before training, where no constant answer makes sense; by default the most frequent answer. */
  readonly baseline?: 'untrained';
  /** Absent for a task whose data are not read from the hub. */
  readonly hub?: HubSource;
}

interface TextTaskFields {
  /** Names of the text fields of a row, in the order in which a model reads them. */
  readonly fields: readonly [string] | readonly [string, string];
  /**
   * Writes the text or pair of texts of a made-up row that deserves `label`: a class id, or a whole score.
   * Equal generators give equal texts. Absent for a task on a user's own data, as in the other kinds.
   */
  synthesize?(random: Random, label: number): Texts;
}

/** A task whose answers are class ids. */
export interface ClassificationTask extends TaskCommon<'classification', number>, TextTaskFields {
  /** Class names by id. */
  readonly labels: readonly string[];
}

/** A task whose answers are scores. */
export interface RegressionTask extends TaskCommon<'regression', number>, TextTaskFields {
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

/** A task whose answers are sets of labels. */
export interface MultilabelTask extends TaskCommon<'multilabel', ArrayLike<number>>, TextTaskFields {
  /** Label names by id. */
  readonly labels: readonly string[];
  /** From which probability a label is given, by id. */
  readonly thresholds: readonly number[];
}

/** A task whose answers are turns of conversations, measured by how likely a model holds those that were given. */
export interface ChatTask extends TaskCommon<'chat', TextReading, unknown> {
  readonly maxNewTokens: number;
  /** A chat template in Jinja; null for the model's own. */
  readonly chatTemplate: string | null;
}

/** A task of plain text, measured by how likely a model holds it. */
export type TextTask = TaskCommon<'text', TextReading, unknown>;

/** What texts with vectors near each other, or far apart, are known from. */
export type EmbeddingShape = 'pairs' | 'triplets' | 'scored' | 'labelled';

/** A task whose answers are vectors of texts. What is measured is told by the metrics: a cosine, a rank, a margin, or a class and a rank. */
export interface EmbeddingTask extends TaskCommon<'embedding', never, never> {
  readonly shape: EmbeddingShape;
  readonly loss: EmbeddingLoss;
  /** Sizes of vectors that are to be good when they are cut off there, too; null for whole ones alone. */
  readonly matryoshka: readonly number[] | null;
}

/** By what vectors are learned: finding the right text among those of a batch, a margin between distances, or a cosine. */
export type EmbeddingLoss = 'ranking' | 'triplet' | 'cosine';

/** By what preferences are learned: direct preference optimisation, or the ratio of odds. */
export type PreferenceLoss = 'dpo' | 'orpo';

/** A task of preferring one answer to another. */
export interface PreferenceTask extends TaskCommon<'preference', PreferenceReading, unknown> {
  readonly loss: PreferenceLoss;
  /** How much preferences count. */
  readonly beta: number;
  readonly maxNewTokens: number;
  /** A chat template in Jinja; null for the model's own. */
  readonly chatTemplate: string | null;
}

/** What a model is trained and measured on, by its kind. */
export type Task = ClassificationTask | RegressionTask | TokenClassificationTask | GenerationTask | MultilabelTask | ChatTask | TextTask | EmbeddingTask | PreferenceTask;

/** A task whose data others have published, as {@link getTask} gives it. */
export type PublishedTask = ClassificationTask | RegressionTask | TokenClassificationTask | GenerationTask;

/** What goes with each kind of task: its examples, and what a model answers to one. */
interface Kinds {
  /** A class id. */
  classification: { example: TextExample; answer: number };
  /** A score. */
  regression: { example: TextExample; answer: number };
  /** The class ids of the words. */
  'token-classification': { example: TaggedExample; answer: ArrayLike<number> };
  generation: { example: GenerationExample; answer: string };
  /** Label ids. */
  multilabel: { example: LabelSetExample; answer: ArrayLike<number> };
  chat: { example: ChatExample; answer: TextReading };
  text: { example: PassageExample; answer: TextReading };
  /** What the metrics of its shape take. */
  embedding: { example: EmbeddingExample; answer: number | readonly number[] };
  preference: { example: PreferenceExample; answer: PreferenceReading };
}

/** The examples of a task. */
export type ExampleOf<T extends Task> = Kinds[T['kind']]['example'];

/** The examples of tasks whose data others have published. */
export type PublishedExample = ExampleOf<PublishedTask>;

/** What a model answers to an example of a task. */
export type AnswerOf<T extends Task> = Kinds[T['kind']]['answer'];
