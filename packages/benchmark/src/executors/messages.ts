import { UnmaskError, type UnmaskErrorCode } from '@unmask/tensor-core';
import type { Holding } from '@unmask/files';
import type { RunContext, RunHooks } from '../experiment.js';
import type { RunResult } from '../result.js';
import type { RunSettings } from '../settings.js';
import type { ExecutionContext } from './executor.js';

/** What is said to a process that carries out runs. */
export type Order =
  | { readonly kind: 'run'; readonly settings: RunSettings; readonly context: ProcessContext }
  /** Save the running run's state, and end it. */
  | { readonly kind: 'stop' }
  /** What was saved has been seen to: go on. */
  | { readonly kind: 'go-on' };

/** The part of a run's context that another process can be told. */
export interface ProcessContext extends Pick<RunContext, 'out' | 'backend' | 'checkpointEvery' | 'tensorboard' | 'planned'> {
  /** Under which the run's folder is written to. */
  readonly lock: Holding;
}

/** What another process is told of a run's context. */
export function processContext({ out, backend, checkpointEvery, tensorboard, planned, lock: { path, token } }: Omit<ExecutionContext, 'signal' | 'hooks'>): ProcessContext {
  return { out, backend, ...(checkpointEvery !== undefined && { checkpointEvery }), ...(tensorboard !== undefined && { tensorboard }), planned, lock: { path, token } };
}

/** Hooks that nobody waits for. */
export type PassingHook = Exclude<keyof RunHooks, 'onSave'>;

/** What such a process says. */
export type Report =
  | { readonly kind: 'progress'; readonly hook: PassingHook; readonly given: readonly unknown[] }
  /** The run's state is saved; the process waits for `go-on`. */
  | { readonly kind: 'saved' }
  /** Resident memory, in 2²⁰ bytes. */
  | { readonly kind: 'memory'; readonly megabytes: number }
  | { readonly kind: 'finished'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly error: SentError };

/** An error on its way from one process to another. */
export interface SentError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of an UnmaskError. */
  readonly ours?: { readonly code: UnmaskErrorCode; readonly details: readonly string[] };
}

/** An error as it is sent. */
export function sentError(error: unknown): SentError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, stack, ...(UnmaskError.isInstance(error) && { ours: { code: error.code, details: error.details } }) };
}

/** The error that was sent. */
export function receivedError({ message, stack, ours }: SentError): Error {
  return ours ? new UnmaskError(message, ours) : Object.assign(new Error(message), { stack });
}
