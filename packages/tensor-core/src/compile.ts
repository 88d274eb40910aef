import { UnmaskError } from './errors.js';
import { tf } from './tf.js';

/** What a compiled step has done so far. */
export interface CompileReport {
  /** Graphs that were compiled: one for each order of kernels, whatever the lengths of their axes. */
  readonly compiled: number;
  /** Times that a graph ran. */
  readonly runs: number;
  /** Kernels that ran inside of them. */
  readonly kernels: number;
  /** What ended a graph, or kept kernels out of it: a line each, and how often. */
  readonly interruptions: ReadonlyMap<string, number>;
}

/** A step that {@link compile} has made. */
export interface CompiledStep<Arguments extends readonly unknown[], Result> {
  (...given: Arguments): Result;
  readonly report: CompileReport;
}

/** What an engine offers that can run many kernels as one graph. */
interface DeferringBackend {
  defer?<T>(work: () => T, statistics: CompileReport): T;
}

/**
 * Makes a step whose kernels run together: they are collected as they are called, forward and backward, and run as one graph as
 * soon as somebody wants values, such as a sink its gradient. The graph is compiled once and then used again for the same
 * kernels in the same order, of axes of any length. Results are those of the step itself. Everything outside of kernels runs in each
 * call as ever, so dropout, batches and conditions may change; what cannot be part of a graph runs alone, and `report` says why.
 *
 * On an engine that runs each kernel at once (all but onnxruntime) the step runs as it is.
 * @param step synchronous, such as a backward pass by `streamGradients` with the optimizer's step after it
 */
export function compile<Arguments extends readonly unknown[], Result>(step: (...given: Arguments) => Result): CompiledStep<Arguments, Result> {
  const report = { compiled: 0, runs: 0, kernels: 0, interruptions: new Map<string, number>() };
  const run = (...given: Arguments): Result => {
    const work = () => {
      const result = step(...given);
      if (result instanceof Promise) throw new UnmaskError('compile() takes a synchronous step, and this one gave a promise: load data before the step, and read results after it');
      return result;
    };
    const backend = tf.backend() as DeferringBackend;
    if (backend.defer) return backend.defer(work, report);
    const reason = `the engine ${tf.getBackend()} runs each kernel at once`;
    report.interruptions.set(reason, (report.interruptions.get(reason) ?? 0) + 1);
    return work();
  };
  return Object.assign(run, { report });
}
