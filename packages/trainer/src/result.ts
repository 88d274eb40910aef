import type { Split } from '@unmask/tasks';
import type { TrainingSettings } from './settings.js';

/** Where a row's data came from: a published split in full, the first rows of one, or text that this project generates. */
export type DataOrigin = 'real' | 'sample' | 'synthetic';

/** How good a trained model is. */
export interface Figures {
  /** Fractions: 0.86 is 86 %. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How much each metric would vary over evaluation sets of this size; null for a set of one example. */
  readonly standardErrors: Readonly<Record<string, number | null>>;
  /** Name of the metric that ranks. */
  readonly primaryMetric: string;
  readonly primaryValue: number;
  /** The primary metric of always predicting the training split's majority class (regression: its mean). */
  readonly majorityValue: number;
}

/** How good a trained model is on one split of one task. */
export interface Score extends Figures {
  readonly task: string;
  readonly split: Split;
  readonly examples: number;
  /** Its metrics before training, of tasks that are measured against that. */
  readonly before?: Readonly<Record<string, number>> | undefined;
}

/**
 * One finished training: the content of its `result.json`. Its own figures are those of its first score; metrics of further splits
 * stand among them under the split's name, as `test/f1`. Of a model trained on several tasks together they are means over
 * the tasks, and metrics have the task's name, as `gsm8k/accuracy`.
 */
export interface TrainingResult extends TrainingSettings, Figures {
  /** Engine it ran on, or engines, as `wasm + cpu`, if it was cut off and went on on another. */
  readonly backend: string;
  readonly dataOrigin: DataOrigin;
  /** Scalars in the model, its head and an adapter included. */
  readonly totalParameters: number;
  /** Scalars that training could change: unmasked entries and a free head. */
  readonly trainedParameters: number;
  /** Entries that the method unmasked under its budget. */
  readonly unmaskedEntries: number;
  /** Entries under the budget that ever trained: more than `unmaskedEntries` only for methods that choose afresh. */
  readonly touchedEntries: number;
  /** Scalars of a head trained in full outside the budget. */
  readonly headParameters: number;
  /** Scalar updates under the budget, Σ over the steps of the entries unmasked by then. */
  readonly gradientUpdates: number;
  /** Optimizer steps that were made: fewer than asked for when training ended early. */
  readonly steps: number;
  /** The step whose weights were kept, by evaluations during training; null without such evaluations. */
  readonly bestStep: number | null;
  readonly trainExamples: number;
  /** Of the evaluation split that ranks. */
  readonly evaluationExamples: number;
  /** Figures by task and split, the one that ranks first; a model trained on several tasks together has one for each. */
  readonly scores: readonly Score[];
  readonly finalLoss: number;
  readonly secondsTraining: number;
  readonly secondsEvaluating: number;
  readonly examplesPerSecond: number;
  /** Highest resident memory while the run trained and evaluated, in 2²⁰ bytes; 0 in a browser, which does not tell. */
  readonly peakMemoryMB: number;
  /** The saved change, a delta or an adapter's weights, relative to the run's folder. */
  readonly deltaFile: string;
  readonly deltaBytes: number;
  /** SHA-256 of that file, in hexadecimal digits. */
  readonly deltaSha256: string;
  /** Whether the saved change, loaded into a fresh base model, gave the trained weights bit for bit. */
  readonly deltaVerified: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly gitHash: string | null;
  /** ISO 8601 time at which the run finished. */
  readonly finishedAt: string;
}
