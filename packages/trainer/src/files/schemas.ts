import type { Split } from '@unmask/tasks';
import { z } from 'zod';
import type { DataOrigin, Figures, Score, TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import type { HistoryLine, Predictions } from './names.js';

const count = z.int().min(0);
const text = z.string();
const number = z.number();
const split = z.enum(['train', 'validation', 'validation_matched', 'validation_mismatched', 'test'] satisfies Split[]);

/** Settings in a file: which there are depends on the release that wrote it, and folders are named by their hash. */
export const settingsSchema = z
  .object({ task: text, method: text, model: text, data: text, seed: count, budget: count.nullable(), learningRate: number })
  .catchall(z.union([text, number, z.boolean(), z.null(), z.record(text, z.unknown()), z.array(z.unknown())])) as unknown as z.ZodType<TrainingSettings>;

const figures = {
  metrics: z.record(text, number),
  standardErrors: z.record(text, number.nullable()),
  primaryMetric: text,
  primaryValue: number,
  majorityValue: number,
} satisfies Record<keyof Figures, z.ZodType>;

const score = z.object({ ...figures, task: text, split, examples: count }) satisfies z.ZodType<Score>;

/** What `result.json` holds besides the settings. */
const result = z.object({
  ...figures,
  backend: text,
  dataOrigin: z.enum(['real', 'sample', 'synthetic'] satisfies DataOrigin[]),
  totalParameters: count,
  trainedParameters: count,
  unmaskedEntries: count,
  touchedEntries: count,
  headParameters: count,
  gradientUpdates: count,
  steps: count,
  bestStep: count.nullable(),
  trainExamples: count,
  evaluationExamples: count,
  scores: z.array(score).min(1),
  finalLoss: number,
  secondsTraining: number,
  secondsEvaluating: number,
  examplesPerSecond: number,
  peakMemoryMB: number,
  deltaFile: z.enum(['delta.safetensors', 'adapter_model.safetensors']),
  deltaBytes: count,
  deltaSha256: z.string().regex(/^[0-9a-f]{64}$/),
  deltaVerified: z.boolean(),
  versions: z.record(text, text),
  gitHash: text.nullable(),
  finishedAt: text,
}) satisfies z.ZodType<Omit<TrainingResult, keyof TrainingSettings>>;

/** The content of `result.json`. */
export const resultSchema = z.intersection(settingsSchema, result) as unknown as z.ZodType<TrainingResult>;

/** A line of `history.jsonl`. */
export const historyLineSchema: z.ZodType<HistoryLine> = z.union([
  z.object({ step: count, loss: number, learningRate: number, unmasked: count, seconds: number }),
  z.object({ step: count, scores: z.array(score) }),
  z.object({ step: count, unmaskedByTensor: z.record(text, count) }),
]);

/** The content of `predictions.json`. */
export const predictionsSchema: z.ZodType<readonly Predictions[]> = z.array(
  z.object({
    task: text,
    split,
    answers: z.array(z.union([number, z.array(number), text])),
    labels: z.array(z.union([number, z.array(number), z.array(text)])),
  }),
);
