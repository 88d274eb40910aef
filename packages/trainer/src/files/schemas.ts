import type { Split } from '@unmask/tasks';
import * as z from 'zod/mini';
import type { DataOrigin, Figures, Score, TrainingResult } from '../result.js';
import type { TrainingSettings } from '../settings.js';
import type { HistoryLine, Predictions } from './names.js';

const count = z.int().check(z.minimum(0));
const text = z.string();
const number = z.number();
const split = z.enum(['train', 'validation', 'validation_matched', 'validation_mismatched', 'test'] satisfies Split[]);

/** Settings in a file: which there are depends on the release that wrote it, and folders are named by their hash. */
export const settingsSchema = z.catchall(
  z.object({ task: text, method: text, model: text, data: text, seed: count, budget: z.nullable(count), learningRate: number }),
  z.union([text, number, z.boolean(), z.null(), z.record(text, z.unknown()), z.array(z.unknown())]),
) as unknown as z.ZodMiniType<TrainingSettings>;

const figures = {
  metrics: z.record(text, number),
  standardErrors: z.record(text, z.nullable(number)),
  primaryMetric: text,
  primaryValue: number,
  majorityValue: number,
} satisfies Record<keyof Figures, z.ZodMiniType>;

const score = z.object({ ...figures, task: text, split, examples: count, before: z.optional(z.record(text, number)) }) satisfies z.ZodMiniType<Score>;

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
  bestStep: z.nullable(count),
  trainExamples: count,
  evaluationExamples: count,
  scores: z.array(score).check(z.minLength(1)),
  finalLoss: number,
  secondsTraining: number,
  secondsEvaluating: number,
  examplesPerSecond: number,
  peakMemoryMB: number,
  deltaFile: z.enum(['delta.safetensors', 'adapter_model.safetensors']),
  deltaBytes: count,
  deltaSha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  deltaVerified: z.boolean(),
  versions: z.record(text, text),
  gitHash: z.nullable(text),
  finishedAt: text,
}) satisfies z.ZodMiniType<Omit<TrainingResult, keyof TrainingSettings>>;

/** The content of `result.json`. */
export const resultSchema = z.intersection(settingsSchema, result) as unknown as z.ZodMiniType<TrainingResult>;

/** A line of `history.jsonl`. */
export const historyLineSchema: z.ZodMiniType<HistoryLine> = z.union([
  z.object({ step: count, loss: number, learningRate: number, unmasked: count, seconds: number }),
  z.object({ step: count, scores: z.array(score) }),
  z.object({ step: count, unmaskedByTensor: z.record(text, count) }),
]);

/** The content of `predictions.json`. */
export const predictionsSchema: z.ZodMiniType<readonly Predictions[]> = z.array(
  z.object({
    task: text,
    split,
    answers: z.array(z.union([number, z.array(number), text])),
    labels: z.array(z.union([number, z.array(number), z.array(text)])),
  }),
);
