/** Measurements in processes of their own, so that none sees the memory or the compiled code of another. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Figures, Side, Workload } from './benchmark.js';

const ROOT = resolve(import.meta.dirname, '..');

/** What a measurement came to. */
export type Outcome = { readonly status: 'measured'; readonly figures: Figures } | { readonly status: 'missing' | 'timed out' | 'failed'; readonly reason: string };

/** How processes are started. */
export interface ProcessOptions {
  /** A Python interpreter with the packages that tools/reference/benchmark.py names. */
  readonly python: string | undefined;
  /** Seconds. */
  readonly timeout: number;
}

/** Makes a measurement of one side. */
export function measure({ kind, measurement, engine = 'onnxruntime', workload: changes }: Side, workload: Workload, { python, timeout }: ProcessOptions): Outcome {
  const task = JSON.stringify({ ...workload, ...changes });
  if (kind === 'unmask') {
    return run(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', join(ROOT, 'benchmarks/worker.ts'), measurement, engine, task], workload, timeout);
  }
  if (python === undefined) return { status: 'missing', reason: 'no --python was given' };
  const command = /[\\/]/.test(python) ? resolve(python) : python;
  return run(command, [join(ROOT, 'tools/reference/benchmark.py'), measurement, task], workload, timeout);
}

function run(command: string, args: readonly string[], { threads }: Workload, timeout: number): Outcome {
  const most = String(threads);
  const child = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, UNMASK_THREADS: most, OMP_NUM_THREADS: most, TF_NUM_INTRAOP_THREADS: most, TF_NUM_INTEROP_THREADS: most },
    timeout: timeout * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 26,
  });
  if ((child.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return { status: 'timed out', reason: `not done after ${timeout} s` };
  if (child.error) return { status: 'failed', reason: child.error.message };
  if (child.status !== 0) {
    const lines = child.stderr.trim().split('\n');
    const line = lines.findLast((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1)!;
    return { status: line.startsWith('ModuleNotFoundError') ? 'missing' : 'failed', reason: line || `ended with ${child.signal ?? child.status}` };
  }
  const answer = JSON.parse(child.stdout.trim().split('\n').at(-1)!) as { missing: string } | Figures;
  return typeof answer.missing === 'string' ? { status: 'missing', reason: answer.missing } : { status: 'measured', figures: answer as Figures };
}
