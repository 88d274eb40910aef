import type { Head, LanguageModel, Tokenizer } from '@unmask/models';
import type { AnswerOf, Example, ExampleOf, Task, UserTask } from '@unmask/tasks';
import type { tf } from '@unmask/tensor-core';
import type { EncodedExample, EncodeOptions } from '../encoding/encoded.js';
import type { TextBatch } from '../encoding/text-batches.js';
import type { TrainingSettings } from '../settings.js';
import type { Pooling } from './embedding/pooling.js';

/** A model that reads texts. */
export interface Reader extends LanguageModel {
  /** How the vector of a text is made of those of its tokens; of models without a head. */
  readonly pooling?: Pooling | undefined;
}

/** Runs the model that is being trained on a batch. @returns what its head gives, for {@link FormLoss.of} */
export type Forward = (batch: TextBatch) => tf.Tensor;

/** What a model is trained to make small. */
export interface FormLoss {
  /** The mean loss of a batch, a scalar. */
  of(batch: TextBatch, forward: Forward): tf.Tensor;
  /** How many terms the mean is of, by which batches of one step are weighted; the batch's labels by default. */
  weight?(batch: TextBatch): number;
  /** The losses of the batches of a step that know of each other, whose mean, all weighted alike, is the step's. */
  together?(batches: readonly TextBatch[], forward: Forward): (batch: TextBatch) => tf.Tensor;
}

/** What of the settings a model answers by. */
export type ReadSettings = Pick<TrainingSettings, 'maxLength'> & Partial<Pick<TrainingSettings, 'promptLoss'>>;

/** Examples that a model is to answer. */
export interface Asked<T extends Task = Task> {
  readonly task: T;
  readonly reader: Reader;
  readonly examples: readonly ExampleOf<T>[];
  /** The examples as tokens. */
  readonly encoded: () => readonly EncodedExample[];
  /** Sequences a forward pass. */
  readonly batchSize: number;
  readonly settings: ReadSettings;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What a model answers in the user's words: the name of a class, a score, tags, texts or a vector; null where there is nothing to answer. */
export interface Prediction {
  /** The name of a class, a score, a tag for each word (null for words that were cut off), the names of labels, a text, or a vector; null for a row with an empty text. */
  readonly prediction: string | number | readonly (string | number | null)[] | null;
  /** Of a class: how likely the model holds it, 0 … 1; null where there is none. */
  readonly probability?: number | null;
}

/** What training and using a model takes of a kind of task: a folder or a file for each. */
export interface Form<T extends Task = Task> {
  /** What the task puts on top of a model. */
  head(task: T): Head;
  /** The tokenizer that the task reads by, where it is not the model's own. */
  tokenizer?(this: void, task: T, tokenizer: Tokenizer): Tokenizer;
  /** An example as tokens. */
  encode(tokenizer: Tokenizer, example: ExampleOf<T>, options: EncodeOptions, task: T): EncodedExample;
  /** What is trained on instead of the examples one by one: packed, cut or paired. */
  arrange?(this: void, encoded: readonly EncodedExample[], settings: TrainingSettings, task: T): readonly EncodedExample[];
  /** Adds to examples what the model before training holds of them. */
  reference?(this: void, task: T, reader: Reader, encoded: readonly EncodedExample[], batchSize: number): Promise<readonly EncodedExample[]>;
  /** @param train the training examples, where the loss depends on all of them */
  loss(task: T, settings: TrainingSettings, train: readonly Example[], reader: Reader): FormLoss;
  /** What the model answers to each example, for the task's metrics. */
  answers(asked: Asked<T>): Promise<AnswerOf<T>[]>;
  /** What it answers to inputs, in words. @param readable puts an answer into the user's words */
  predictions(asked: Asked<T>, readable: UserTask['readable']): Promise<Prediction[]>;
}
