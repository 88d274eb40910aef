import { UnmaskError } from '@unmask/tensor-core';

/** Milliseconds of computing that a task may take, and what is added for each character or entry that it works on. */
const [LIMIT, EACH] = [1000, 0.1];

/** Asked for at run time, and not imported, since browsers have none: there nothing can stop a task but the end of its worker. */
const machine = (globalThis.process as Partial<NodeJS.Process> | undefined)?.getBuiltinModule?.('node:vm');

/** Node can only stop scripts, so the task is what a script calls. */
const SCRIPT = machine && new machine.Script('task()');
const CONTEXT: { task: (() => unknown) | undefined } = { task: undefined };
machine?.createContext(CONTEXT);

/**
 * Runs what a model's files decide about: a regular expression that backtracks for ever, or a loop of a chat template, is
 * stopped, so the task must bear to be begun again. It costs a tenth of a millisecond; within another such task it is that one's time that counts.
 * In a browser it runs without a limit: load models that you do not trust in a worker.
 * @param what the task, for the message
 * @param size characters or entries that it works on
 * @throws UnmaskError when it takes too long
 */
export function withinTime<T>(what: string, size: number, task: () => T): T {
  if (!SCRIPT || CONTEXT.task) return task();
  const limit = Math.ceil(LIMIT + EACH * size);
  CONTEXT.task = task;
  try {
    // Node counts the time that passes: a task that had a processor for less than half of it begins again, with more.
    for (let timeout = limit; ; timeout *= 2) {
      const before = process.cpuUsage();
      try {
        return SCRIPT.runInContext(CONTEXT, { timeout }) as T;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
        const { user, system } = process.cpuUsage(before);
        if ((user + system) / 1000 < limit / 2) continue;
        throw new UnmaskError(`${what} took more than ${limit / 1000} s, as patterns and loops do that are meant to: take the model from another source`, { code: 'bad-file', cause });
      }
    }
  } finally {
    CONTEXT.task = undefined;
  }
}
