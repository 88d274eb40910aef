/** The program of a process that carries out runs for another one: orders and reports go over the channel that Node's fork opens. */
import { isHolding } from '@unmask/files';
import { selectBackend, UnmaskError } from '@unmask/tensor-core';
import { runExperiment, type RunHooks } from '../experiment.js';
import { type Order, type PassingHook, type Report, sentError } from './messages.js';

/** Milliseconds from one report of the memory in use to the next. */
const MEMORY_EVERY = 1000;

const PASSING: readonly PassingHook[] = ['onEstimate', 'onStart', 'onPredict', 'onNote'];

const say = (report: Report) => process.send?.(report);

let engine: string | undefined;
let stop = new AbortController();
let goOn: (() => void) | undefined;

const hooks: RunHooks = {
  ...Object.fromEntries(PASSING.map((hook) => [hook, (...given: unknown[]) => say({ kind: 'progress', hook, given })])),
  onStep: (progress) => say({ kind: 'progress', hook: 'onStep', given: [progress] }),
  onSave: () =>
    new Promise<void>((resolve) => {
      goOn = resolve;
      say({ kind: 'saved' });
    }),
};

/** Makes an engine the active one. @throws UnmaskError `unfit` when it cannot start here */
async function use(backend: string): Promise<void> {
  if (engine === backend) return;
  await selectBackend(backend).catch((error: unknown) => {
    throw UnmaskError.isInstance(error) ? new UnmaskError(error.message, { code: 'unfit', cause: error }) : error;
  });
  engine = backend;
}

async function run({ settings, context }: Extract<Order, { kind: 'run' }>): Promise<void> {
  stop = new AbortController();
  const { lock, ...rest } = context;
  try {
    await use(context.backend);
    say({ kind: 'finished', result: await runExperiment(settings, { ...rest, hooks, lock: { isHeld: () => isHolding(lock) }, signal: stop.signal }) });
  } catch (error) {
    say({ kind: 'failed', error: sentError(error) });
  }
}

process.on('message', (order: Order) => {
  if (order.kind === 'run') void run(order);
  else if (order.kind === 'stop') stop.abort();
  else goOn?.();
});
process.on('disconnect', () => process.exit()); // whoever wanted the runs is gone
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined); // a terminal tells all its processes; our orders come from one of them
setInterval(() => say({ kind: 'memory', megabytes: process.memoryUsage.rss() / 2 ** 20 }), MEMORY_EVERY).unref();
