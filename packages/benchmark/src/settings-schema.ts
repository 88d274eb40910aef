import { z } from 'zod';
import type { DEFAULT_SETTINGS} from './settings.js';
import { type RunSettings } from './settings.js';

const count = z.int().min(1);
const share = z.number().min(0).lt(1);
/** More than nothing, up to all. */
const part = z.number().positive().max(1);

/** Settings that have a default, under the names that {@link RunSettings} gives them. */
export const optionalSettings = {
  batchSize: count,
  accumulate: count,
  maxLength: z.int().min(3),
  epochs: count.nullable(),
  maxSteps: count.nullable(),
  warmup: share,
  decay: z.enum(['linear', 'cosine', 'constant']),
  dropout: z.boolean(),
  promptLoss: z.boolean(),
  packing: z.boolean(),
  labelSmoothing: share,
  classWeights: z.enum(['balanced']).nullable(),
  optimizer: z.enum(['adamw', 'sgd', 'lion']),
  weightDecay: z.number().min(0),
  clip: z.number().positive().nullable(),
  loraplusRatio: z.number().positive().nullable(),
  head: z.enum(['free', 'counted', 'competes']),
  unmaskEvery: count,
  unmaskUntil: part,
  candidates: part,
  per: z.enum(['model', 'tensor']),
  d3Exponent: z.number(),
  d3Epsilon: z.number().min(0),
  scope: z.string().nullable(),
  biasCorrection: z.enum(['entry', 'global']),
  adapterConfig: z.record(z.string(), z.unknown()).nullable(),
  evaluateEvery: count.nullable(),
  patience: count.nullable(),
  holdOut: share,
  limit: count.nullable(),
} satisfies Record<keyof typeof DEFAULT_SETTINGS, z.ZodType>;

/** A method's budget, a learning rate, a seed. */
export const numbers = { budget: z.int().min(0), learningRate: z.number().positive(), seed: z.int().min(0) };

/** All settings of a run, and nothing else: what comes from another machine is held to this. */
export const runSettingsSchema = z.strictObject({
  task: z.string(),
  method: z.string(),
  model: z.string(),
  data: z.string(),
  ...numbers,
  budget: numbers.budget.nullable(),
  ...optionalSettings,
} satisfies Record<keyof RunSettings, z.ZodType>);
