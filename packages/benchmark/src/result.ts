import { createHash } from 'node:crypto';

/** Where a row's data came from: a published split in full, the first rows of one, or text that this project generates. */
export type DataOrigin = 'real' | 'sample' | 'synthetic';

/** What a new task head counts for: `free` trains in full outside the budget, `counted` inside it, `competes` entry by entry like any tensor. */
export type HeadPolicy = 'free' | 'counted' | 'competes';

/** What makes two runs the same run. */
export interface RunSettings {
  readonly task: string;
  readonly method: string;
  /** The model as the user named it: a folder or a hub id. */
  readonly model: string;
  readonly seed: number;
  /** Entries that a budgeted method may unmask; null for methods without a budget. */
  readonly budget: number | null;
  readonly head: HeadPolicy;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Tokens; longer inputs are truncated. */
  readonly maxLength: number;
  /** Passes over the training split; null when `maxSteps` decides. */
  readonly epochs: number | null;
  /** Optimizer steps; null when `epochs` decides. */
  readonly maxSteps: number | null;
  /** A choice of entries is made in every k-th step. */
  readonly unmaskEvery: number;
  /** Regular expression of the names of the parameters to select from; null for all. */
  readonly scope: string | null;
  /** Whose age Adam's bias correction goes by: each entry's own, or the run's, as in the ID³ toolkit. */
  readonly biasCorrection: 'entry' | 'global';
  /** Whether the model trains with the dropout of its config.json. */
  readonly dropout: boolean;
  /** Fields of the adapter's configuration that differ from the method's, in HF PEFT's names; null for none. */
  readonly adapterConfig: Readonly<Record<string, unknown>> | null;
  /** Examples taken of each split; null for all. */
  readonly limit: number | null;
  /** A data folder, `hub` for the task's data on the Hugging Face hub, or `synthetic`. */
  readonly data: string;
}

/** One finished run: the content of its `result.json`. */
export interface RunResult extends RunSettings {
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
  readonly steps: number;
  readonly trainExamples: number;
  /** Of the evaluation split that ranks. */
  readonly evaluationExamples: number;
  /** Fractions: 0.86 is 86 %. Those of evaluation splits that do not rank have the split's name before theirs: `test/f1`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How much each metric would vary over evaluation sets of this size; null for a set of one example. */
  readonly standardErrors: Readonly<Record<string, number | null>>;
  readonly primaryMetric: string;
  readonly primaryValue: number;
  /** The primary metric of always predicting the training split's majority class (regression: its mean). */
  readonly majorityValue: number;
  readonly finalLoss: number;
  readonly secondsTraining: number;
  readonly secondsEvaluating: number;
  readonly examplesPerSecond: number;
  /** Highest resident memory while the run trained and evaluated, in 2²⁰ bytes. */
  readonly peakMemoryMB: number;
  /** The saved change, a delta or an adapter's weights, relative to the run's folder. */
  readonly deltaFile: string;
  readonly deltaBytes: number;
  /** Whether the saved change, loaded into a fresh base model, gave the trained weights bit for bit. */
  readonly deltaVerified: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly gitHash: string | null;
  /** ISO 8601 time at which the run finished. */
  readonly finishedAt: string;
}

/** The folder name of a run: readable, and different for different settings. */
export function runName(settings: RunSettings): string {
  const { task, method, budget, learningRate, seed } = settings;
  const readable = [task, method, ...(budget === null ? [] : [`b${budget}`]), `lr${learningRate}`, `s${seed}`].join('--').replace(/\+/g, '_');
  return `${readable}--${fingerprint(settings)}`;
}

/** Eight hexadecimal digits that depend on every setting. */
function fingerprint(settings: RunSettings): string {
  const sorted = Object.entries(settings).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 8);
}
