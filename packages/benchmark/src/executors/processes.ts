import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { UnmaskError } from '@unmask/tensor-core';
import type { RunResult } from '../result.js';
import type { RunSettings } from '../settings.js';
import type { ExecutionContext, Executor } from './executor.js';
import { type Order, processContext, receivedError, type Report } from './messages.js';

/** How often a run is begun whose process dies. */
const ATTEMPTS = 3;

/** Options of {@link processes}. */
export interface ProcessOptions {
  /** Runs at a time, a process each, with an equal share of the machine's threads (or of UNMASK_THREADS). */
  readonly width: number;
  /** Resident memory, in 2²⁰ bytes, that a process may take; one that takes more is ended. Unlimited by default. */
  readonly memoryLimit?: number | undefined;
}

/**
 * Carries out runs in processes of their own. A run whose process dies, or is ended for its memory, goes on in a new one from
 * its last saved state; after three deaths it has failed. The processes end when this one does, however that ends.
 */
export const processes = (options: ProcessOptions): Executor => processesOf(createRequire(import.meta.url).resolve('@unmask/benchmark/child'), options);

/** The same with another program. @param program a module that takes orders and makes reports as `child.ts` does */
export function processesOf(program: string, { width, memoryLimit = Infinity }: ProcessOptions): Executor {
  const threads = Math.max(1, Math.floor((Number(process.env.UNMASK_THREADS) || availableParallelism()) / width));
  const start = () => fork(program, { env: { ...process.env, UNMASK_THREADS: String(threads) }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const idle: ChildProcess[] = [];
  return {
    width,
    async carryOut(settings, context) {
      for (let attempt = 1; ; attempt++) {
        const child = takeLiving(idle) ?? start();
        try {
          return await carryOutIn(child, settings, context, memoryLimit);
        } catch (error) {
          if (!(error instanceof ProcessDeath)) throw error;
          if (attempt === ATTEMPTS) throw new UnmaskError(`${error.message}, as ${ATTEMPTS - 1} before it did: give the run more memory, or make it smaller`, { code: 'unsupported' });
          context.hooks?.onNote?.(`${error.message}: its run goes on in another from its last saved state`);
        } finally {
          if (isAlive(child)) idle.push(child);
        }
      }
    },
    async close() {
      await Promise.all(idle.splice(0).map(ended));
    },
  };
}

/** Why a process that should have gone on did not. */
class ProcessDeath extends Error {}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null && !child.killed;

function takeLiving(idle: ChildProcess[]): ChildProcess | undefined {
  let child = idle.pop();
  while (child && !isAlive(child)) child = idle.pop();
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  child.disconnect();
  await once(child, 'exit');
}

async function carryOutIn(child: ChildProcess, settings: RunSettings, { signal, hooks = {}, ...context }: ExecutionContext, memoryLimit: number): Promise<RunResult> {
  const say = (order: Order) => void child.send(order, () => undefined); // a dead process says so by its exit
  const stop = () => say({ kind: 'stop' });
  let reason: string | undefined;
  try {
    return await new Promise<RunResult>((resolve, reject) => {
      const handlers: { [Kind in Report['kind']]: (report: Extract<Report, { kind: Kind }>) => void } = {
        progress: ({ hook, given }) => (hooks[hook] as ((...given: readonly unknown[]) => void) | undefined)?.(...given),
        saved: () =>
          void Promise.resolve(hooks.onSave?.()).then(
            () => say({ kind: 'go-on' }),
            (error: Error) => {
              reject(error);
              child.kill('SIGKILL');
            },
          ),
        memory: ({ megabytes }) => {
          if (megabytes <= memoryLimit) return;
          reason = `a process that trains took ${Math.round(megabytes)} MB of memory, more than its ${memoryLimit}`;
          child.kill('SIGKILL');
        },
        finished: ({ result }) => resolve(result),
        failed: ({ error }) => reject(receivedError(error)),
      };
      child.on('message', (report: Report) => (handlers[report.kind] as (report: Report) => void)(report));
      child.on('exit', (code, killedBy) => reject(new ProcessDeath(reason ?? `a process that trains has ended (${killedBy ?? `exit code ${code}`})`)));
      signal?.addEventListener('abort', stop);
      if (signal?.aborted) reject(new UnmaskError('ended before the run began', { code: 'interrupted' }));
      else say({ kind: 'run', settings, context: processContext(context) });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    child.removeAllListeners('message').removeAllListeners('exit');
  }
}
