import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Executor, processes, type RunHooks } from '@unmask/benchmark';
import { acquireLock } from '@unmask/files';
import { UnmaskError } from '@unmask/tensor-core';
import { FILES } from '@unmask/trainer';
import { type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, placeOf, queueUrl } from './connection.js';
import { ProgressReport } from './progress-report.js';
import { decisiveVersions, filesKey, PREFIX, QUEUE, readJob, type RunJob } from './protocol.js';
import { Snapshots, STATE_FILES } from './snapshots.js';
import { download, remove, upload } from './transfer.js';

/** Milliseconds after which a worker that says nothing has lost its run, and from one look for such runs to the next. */
const [SILENCE, LOOK_EVERY] = [15_000, 5000];
/** How often a run may lose its worker before it has failed. */
const MOST_LOSSES = 20;

/** Options of {@link work}. */
export interface WorkOptions {
  /** Of the Redis server, as redis:// or rediss://, with user and password if need be. */
  readonly url: string;
  /** Of this worker, for people; one of its name at a time on a machine. */
  readonly name: string;
  /** Folders in which models may be, besides where runs say. */
  readonly models?: readonly string[];
  /** Folders in which data may be, besides where runs say. */
  readonly data?: readonly string[];
  /** Resident memory, in 2²⁰ bytes, that a run may take. */
  readonly memoryLimit?: number | undefined;
  /** Ends the worker: the state of its run is passed on, and the run goes back to the queue. */
  readonly signal: AbortSignal;
  /** Is told what the worker does, and what is wrong with the queue. */
  readonly onNote: (note: string) => void;
  /** What carries out the runs; a process of its own by default. */
  readonly executor?: Executor;
}

/**
 * Carries out the runs of a queue, one after the other, until the signal. Runs are trained in a process of their own, so that the
 * worker always shows that it lives; their states and results go through the queue. A run that a worker has lost goes on here
 * from its last state.
 * @throws UnmaskError when the server cannot be reached, and `unfit` when this machine lacks what a run needs: it is put back then
 */
export async function work({ url: text, name, models = [], data = [], memoryLimit, signal, onNote, executor = processes({ width: 1, memoryLimit }) }: WorkOptions): Promise<void> {
  const url = queueUrl(text);
  const base = join(tmpdir(), `unmask-worker-${name.replaceAll(/[^\w.-]/g, '_')}`);
  await mkdir(base, { recursive: true });
  const lock = await acquireLock(join(base, FILES.lock));
  if (!lock) throw new UnmaskError(`a worker of the name ${name} is at work on this machine: give another --name`);
  const redis = await connect(url, onNote);
  const files = redis.duplicate(); // what renews the hold on a run never waits behind its files
  files.on('error', () => undefined);
  const end = new AbortController();
  let unfit: UnmaskError | undefined;
  try {
    for (const left of await readdir(base)) if (left.startsWith('run-')) await rm(join(base, left), { recursive: true, force: true }); // of a worker that was killed
    const runs = new Set<AbortController>();
    const worker = new Worker(
      QUEUE,
      async (job: Job, token?: string) => {
        const stop = new AbortController();
        runs.add(stop);
        const folder = await mkdtemp(join(base, 'run-'));
        try {
          const run = readJob(job.id, job.data);
          onNote(`${job.id}: begun`);
          await carryOut({ id: job.id!, job, run, name, folder, files, executor, models, data, signal: AbortSignal.any([end.signal, stop.signal]), isHeld: async () => (await job.extendLock(token!, SILENCE)) === 1 });
          onNote(`${job.id}: done`);
        } catch (error) {
          if (!UnmaskError.isInstance(error)) throw error;
          onNote(`${job.id}: ${error.message}`);
          if (error.code === 'unfit') {
            unfit = error;
            end.abort();
          }
          if (['unfit', 'interrupted'].includes(error.code)) {
            await job.moveToWait(token);
            throw new WaitingError();
          }
          throw error.code === 'unsupported' ? error : new UnrecoverableError(error.message); // a machine with more memory may do it
        } finally {
          runs.delete(stop);
          await rm(folder, { recursive: true, force: true });
        }
      },
      { connection: redis, prefix: PREFIX, name, lockDuration: SILENCE, stalledInterval: LOOK_EVERY, maxStalledCount: MOST_LOSSES },
    );
    worker.on('error', () => undefined); // the connection tells of itself
    worker.on('lockRenewalFailed', () => runs.forEach((run) => run.abort())); // another worker goes on with it
    onNote(`${name} waits for runs at ${placeOf(url)}`);
    const ended = new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()));
    const stop = () => end.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    await ended;
    signal.removeEventListener('abort', stop);
    await worker.close();
  } finally {
    await executor.close();
    redis.disconnect();
    files.disconnect();
    await lock.release();
  }
  if (unfit) throw unfit;
}

/** A run in a worker's hands. */
interface Task {
  readonly id: string;
  readonly job: Job;
  readonly run: RunJob;
  readonly name: string;
  readonly folder: string;
  readonly files: Redis;
  readonly executor: Executor;
  readonly models: readonly string[];
  readonly data: readonly string[];
  readonly signal: AbortSignal;
  /** Whether the run is still this worker's. */
  readonly isHeld: () => Promise<boolean>;
}

/** Carries out one run, from its last state in the queue to its result there. */
async function carryOut({ id, job, run, name, folder, files, executor, models, data, signal, isHeld }: Task): Promise<void> {
  checkVersions(run.versions);
  const { settings, backend, checkpointEvery, tensorboard, fingerprints } = run;
  const runFolder = join(folder, id);
  await mkdir(runFolder);
  await download(files, filesKey('state', id), runFolder);
  const report = new ProgressReport(name, (progress) => job.updateProgress(progress));
  const snapshots = new Snapshots(runFolder, join(folder, 'saved'), async (saved) => {
    if (await isHeld()) await upload(files, filesKey('state', id), saved, STATE_FILES);
  });
  const hooks: RunHooks = { ...report.hooks(), onSave: () => snapshots.take() };
  const lock = (await acquireLock(join(runFolder, FILES.lock)))!;
  try {
    await executor.carryOut(settings, { out: folder, backend, checkpointEvery, tensorboard, planned: { fingerprints, models, data }, signal, lock, hooks });
  } finally {
    await lock.release();
    await snapshots.settled();
    await report.close();
  }
  await upload(files, filesKey('result', id), runFolder, [...(await readdir(runFolder)).filter((file) => file !== FILES.result).sort(), FILES.result]);
  await remove(files, filesKey('state', id));
}

/** @throws UnmaskError `unfit` when this machine computes with other versions than a run was planned with */
function checkVersions(planned: Readonly<Record<string, string>>): void {
  const own = decisiveVersions();
  const others = [...new Set([...Object.keys(own), ...Object.keys(planned)])].filter((name) => own[name] !== planned[name]);
  if (others.length === 0) return;
  const list = others.map((name) => `${name} ${planned[name] ?? 'absent'} (here ${own[name] ?? 'absent'})`).join(', ');
  throw new UnmaskError(`this machine has other versions than the run was planned with: ${list}`, { code: 'unfit' });
}
