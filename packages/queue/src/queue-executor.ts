import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ExecutionContext, type Executor, type Fingerprints, fingerprintsOf, type RunHooks, runName, type RunResult, type RunSettings, RunStore } from '@unmask/benchmark';
import { UnmaskError } from '@unmask/tensor-core';
import { FILES } from '@unmask/trainer';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, placeOf, queueUrl } from './connection.js';
import { decisiveVersions, filesKey, PREFIX, type Progress, QUEUE, readProgress, type RunJob, wantedKey } from './protocol.js';
import { download, remove } from './transfer.js';

/** Most runs that are in the queue at a time. */
const WIDTH = 256;
/** Milliseconds from one look at the queue to the next. */
const LOOK_EVERY = 500;
/** Seconds for which runs stay in the queue that nobody fetches. */
const LIFETIME = 7 * 24 * 3600;
/** How often a run is begun that fails for a reason that may pass. */
const ATTEMPTS = 3;

/** Options of {@link queueExecutor}. */
export interface QueueOptions {
  /** Of the Redis server, as redis:// or rediss://, with user and password if need be. */
  readonly url: string;
  /** Who wants the results: the same name each time for the same results. */
  readonly submitter: string;
  /** Is told of what is wrong with the queue, and when it is well again. */
  readonly onNote: (note: string) => void;
}

/**
 * Has runs carried out by the workers of a queue, wherever these are; results, histories and changes come back through it. A
 * run's job has the run's name, so that a run is in the queue once, whoever else wants it. What a process that was killed
 * had submitted is there for the next one.
 * @throws UnmaskError when the server cannot be reached
 */
export async function queueExecutor({ url: text, submitter, onNote }: QueueOptions): Promise<Executor> {
  const url = queueUrl(text);
  const redis = await connect(url, onNote);
  const queue = new Queue(QUEUE, { connection: redis, prefix: PREFIX });
  queue.on('error', () => undefined); // the connection tells of itself
  const workers = await queue.getWorkersCount();
  onNote(`queue at ${placeOf(url)}: ${workers === 0 ? `no worker yet; start some with unmask worker --queue` : `${workers} workers`}`);
  return new QueueExecutor(redis, queue, submitter);
}

/** A run that is waited for. */
interface Awaited {
  readonly id: string;
  readonly settings: RunSettings;
  readonly context: ExecutionContext;
  readonly data: RunJob;
  readonly view: RunView;
}

class QueueExecutor implements Executor {
  readonly width = WIDTH;
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #submitter: string;
  readonly #fingerprints = new Map<string, Promise<Fingerprints>>();

  constructor(redis: Redis, queue: Queue, submitter: string) {
    this.#redis = redis;
    this.#queue = queue;
    this.#submitter = submitter;
  }

  async carryOut(settings: RunSettings, context: ExecutionContext): Promise<RunResult> {
    const { backend, checkpointEvery = 200, tensorboard = false, hooks = {} } = context;
    const data: RunJob = { settings, backend, versions: decisiveVersions(), fingerprints: await this.#fingerprintsOf(settings), checkpointEvery, tensorboard };
    const run: Awaited = { id: runName(settings), settings, context, data, view: new RunView(settings, hooks) };
    await this.#submit(run);
    for (;;) {
      await pause(LOOK_EVERY, context.signal);
      const result = await this.#look(run);
      if (result) return result;
    }
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }

  /** Of the model and the data, once for all runs that share them. */
  #fingerprintsOf(settings: RunSettings): Promise<Fingerprints> {
    const { model, data, task, limit, seed } = settings;
    const shared = JSON.stringify([model, data, task, limit, data === 'synthetic' ? seed : null]);
    const known = this.#fingerprints.get(shared) ?? fingerprintsOf(settings);
    this.#fingerprints.set(shared, known);
    return known;
  }

  /** Sees to it that the run is in the queue, as it is wanted. */
  async #submit({ id, data }: Awaited): Promise<void> {
    await this.#redis.sadd(wantedKey(id), this.#submitter);
    await this.#redis.expire(wantedKey(id), LIFETIME);
    const former = await this.#jobOf(id);
    if (former) {
      const isSame = isDeepStrictEqual(former.data, data);
      const state = await former.getState();
      if (isSame && state !== 'failed') return;
      if (state === 'active') throw new UnmaskError(`a worker carries out ${id} with another model, data or engine than this command would: wait for it, or ask for the same`);
      await former.remove();
      if (!isSame) await this.#removeFiles(id);
    }
    const keep = { age: LIFETIME };
    await this.#queue.add('run', data, { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: keep, removeOnFail: keep });
  }

  /** What has become of a run. @returns its result, once it is here */
  async #look(run: Awaited): Promise<RunResult | undefined> {
    const job = await this.#jobOf(run.id);
    if (!job) return void (await this.#submit(run)); // another submitter has taken it away, or the server has lost it
    run.view.show(readProgress(job.progress));
    const state = await job.getState();
    if (state === 'failed') {
      await this.#forget(run.id, job);
      throw new UnmaskError(job.failedReason, { code: 'bad-data' });
    }
    return state === 'completed' ? this.#fetch(run, job) : undefined;
  }

  async #fetch({ id, settings, context: { out } }: Awaited, job: Job): Promise<RunResult | undefined> {
    const folder = join(out, id);
    if (!(await download(this.#redis, filesKey('result', id), folder))) return void (await job.remove()); // the server has lost it: it is made again
    for (const name of [FILES.state, FILES.best]) await rm(join(folder, name), { force: true }); // of an earlier time without the queue
    const status = await new RunStore(out).status(settings);
    if (status.kind !== 'finished') throw new UnmaskError(`what came back of ${id} is no result: ${status.kind === 'damaged' ? status.problem : 'there is none'}`, { code: 'bad-data' });
    await this.#forget(id, job);
    return status.result;
  }

  /** Takes a run out of the queue, unless another submitter still wants it. */
  async #forget(id: string, job: Job): Promise<void> {
    await this.#redis.srem(wantedKey(id), this.#submitter);
    if ((await this.#redis.scard(wantedKey(id))) > 0) return;
    await job.remove();
    if (!job.failedReason) await this.#removeFiles(id);
  }

  async #removeFiles(id: string): Promise<void> {
    await remove(this.#redis, filesKey('result', id));
    await remove(this.#redis, filesKey('state', id));
  }

  #jobOf(id: string): Promise<Job | undefined> {
    return this.#queue.getJob(id);
  }
}

/** Tells a run's hooks what is new in its progress. */
class RunView {
  readonly #settings: RunSettings;
  readonly #hooks: RunHooks;
  #seen: Partial<Progress> = {};

  constructor(settings: RunSettings, hooks: RunHooks) {
    this.#settings = settings;
    this.#hooks = hooks;
  }

  show(now: Progress | undefined): void {
    if (!now) return;
    const before = this.#seen.worker === now.worker ? this.#seen : {};
    const isNew = (part: keyof Progress) => now[part] !== undefined && !isDeepStrictEqual(now[part], before[part]);
    this.#seen = now;
    if (isNew('worker')) this.#hooks.onPlace?.(now.worker);
    if (isNew('start')) this.#hooks.onStart?.({ settings: this.#settings, ...now.start! });
    if (isNew('note')) this.#hooks.onNote?.(`${now.worker}: ${now.note}`);
    if (isNew('estimate')) this.#hooks.onEstimate?.(...now.estimate!);
    if (isNew('step')) this.#hooks.onStep?.(now.step!);
    if (isNew('predict')) this.#hooks.onPredict?.(...now.predict!);
  }
}

/** @throws UnmaskError `interrupted` after the signal */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => undefined);
  if (signal?.aborted) throw new UnmaskError('the workers go on with what is in the queue: the same command fetches their results', { code: 'interrupted' });
}
