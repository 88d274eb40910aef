import { runName, runSettingsSchema, type RunSettings } from '@unmask/benchmark';
import { UnmaskError } from '@unmask/tensor-core';
import { versions } from '@unmask/trainer';
import { z } from 'zod';

/** In front of all keys in Redis. */
export const PREFIX = 'unmask';
/** BullMQ's name of the queue. */
export const QUEUE = 'runs';

/** Where files of a run are in Redis: its last saved state, and its result. */
export const filesKey = (kind: 'state' | 'result', run: string) => `${PREFIX}:${kind}:${run}`;
/** Where it stands who wants a run's result. */
export const wantedKey = (run: string) => `${PREFIX}:wanted:${run}`;

const hash = z.string().regex(/^[\da-f]{64}$/);
const count = z.int().min(0);

/** A run as it stands in the queue: settings, and what they were planned with. Nothing else is taken from there. */
const jobSchema = z.strictObject({
  settings: runSettingsSchema,
  /** Name of the engine. */
  backend: z.string(),
  /** Of what decides a run's numbers. */
  versions: z.record(z.string(), z.string()),
  fingerprints: z.strictObject({ model: hash, data: hash }),
  checkpointEvery: count.min(1),
  tensorboard: z.boolean(),
});
export type RunJob = z.infer<typeof jobSchema> & { readonly settings: RunSettings };

/**
 * The run that a job asks for.
 * @param id of the job, which has to be the run's name
 * @throws UnmaskError for anything that is no run
 */
export function readJob(id: string | undefined, data: unknown): RunJob {
  const refused = (problem: string, cause?: unknown) => new UnmaskError(`job ${id} of the queue is no run: ${problem}`, { code: 'bad-data', cause });
  const { data: job, error } = jobSchema.safeParse(data);
  if (!job) throw refused(`${error.issues[0].path.join('.')}: ${error.issues[0].message}`, error);
  if (runName(job.settings) !== id) throw refused('its settings have another name');
  for (const place of [job.settings.model, job.settings.data]) {
    if (/^\w[\w+.-]+:/.test(place)) throw refused(`${place} is no folder, and no name on the hub`);
  }
  return job;
}

/** Versions that have to be the same on all machines. Node's own, which does no arithmetic of a run, is recorded in results only. */
export function decisiveVersions(): Record<string, string> {
  return Object.fromEntries(Object.entries(versions()).filter(([name]) => name !== 'node'));
}

/** What a worker tells of a run that it carries out: the last of each kind. */
const progressSchema = z.object({
  worker: z.string().max(200),
  start: z.object({ steps: count, budget: count.nullable() }).optional(),
  estimate: z.tuple([count, count]).optional(),
  step: z.object({ step: count, loss: z.number(), learningRate: z.number(), unmasked: count, examplesPerSecond: z.number() }).optional(),
  predict: z.tuple([count, count]).optional(),
  note: z.string().max(2000).optional(),
});
export type Progress = z.infer<typeof progressSchema>;

/** Progress as it stands in the queue; undefined where there is none. */
export const readProgress = (value: unknown): Progress | undefined => progressSchema.safeParse(value).data;
