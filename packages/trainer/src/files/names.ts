import type { Split } from '@unmask/tasks';
import type { Score } from '../result.js';

/** Names of a training's files within its folder. */
export const FILES = {
  result: 'result.json',
  history: 'history.jsonl',
  /** The same for TensorBoard, which knows event files by this part of their names. */
  events: 'events.out.tfevents.unmask',
  predictions: 'predictions.json',
  state: 'state.safetensors',
  best: 'best.safetensors',
  lock: 'lock.json',
} as const;

/** A line of history.jsonl: a step, an evaluation after a step, or where the entries unmasked by a step are. */
export type HistoryLine =
  | { readonly step: number; readonly loss: number; readonly learningRate: number; readonly unmasked: number; readonly seconds: number }
  | { readonly step: number; readonly scores: readonly Score[] }
  | { readonly step: number; readonly unmaskedByTensor: Readonly<Record<string, number>> };

/** What a trained model answered on one evaluation split, and what is right, example by example. */
export interface Predictions {
  readonly task: string;
  readonly split: Split;
  /** Class ids, scores, class ids of words, or texts. */
  readonly answers: readonly (number | readonly number[] | string)[];
  /** Labels as in the task's examples. */
  readonly labels: readonly (number | readonly number[] | readonly string[])[];
}
