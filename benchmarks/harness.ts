/** What the benchmarks share: measurements in processes of their own, spreads and tables. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What a measurement came to; `Found` is the object that its process prints on its last line. */
export type Outcome<Found> =
  | ({ readonly status: 'measured' } & Found)
  | { readonly status: 'missing' | 'timed out' | 'failed'; readonly reason: string };

/** Time and threads of a measurement. */
export interface Limits {
  /** Seconds. */
  readonly timeout: number;
  readonly threads: number;
}

/** Runs a TypeScript worker of this folder. */
export function measureWorker<Found extends object>(worker: string, args: readonly string[], limits: Limits): Outcome<Found> {
  return measure(process.execPath, ['--import', 'tsx', '--conditions=@unmask/source', join(ROOT, 'benchmarks', worker), ...args], limits);
}

/** Runs a Python script of tools/reference; without an interpreter it is missing. */
export function measurePython<Found extends object>(python: string | undefined, script: string, args: readonly string[], limits: Limits): Outcome<Found> {
  if (python === undefined) return { status: 'missing', reason: 'no --python was given' };
  const command = /[\\/]/.test(python) ? resolve(python) : python;
  return measure(command, [join(ROOT, 'tools/reference', script), ...args], limits);
}

function measure<Found extends object>(command: string, args: readonly string[], { timeout, threads }: Limits): Outcome<Found> {
  const child = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, UNMASK_THREADS: String(threads) },
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
  const answer = JSON.parse(child.stdout.trim().split('\n').at(-1)!) as { missing: string } | Found;
  return 'missing' in answer ? { status: 'missing', reason: answer.missing } : { status: 'measured', ...answer };
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Where some numbers lie. */
export interface Spread {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The spread of some numbers; null of none. */
export function spread(numbers: readonly number[]): Spread | null {
  return numbers.length === 0 ? null : { median: median(numbers), minimum: Math.min(...numbers), maximum: Math.max(...numbers) };
}

/** A spread for people: `median (minimum to maximum)`. */
export function show(value: Spread | null, digits: number): string {
  return value ? `${value.median.toFixed(digits)} (${value.minimum.toFixed(digits)} to ${value.maximum.toFixed(digits)})` : '-';
}

/** Lines up columns, the first to the left and all others but the last to the right. */
export function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const cell = (text: string, column: number, last: boolean) => (column === 0 || last ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return lines.map((line) => line.map((text, column) => cell(text, column, column === line.length - 1)).join('  ').trimEnd()).join('\n');
}

/** The machine, and how busy it was at this moment. */
export function describeMachine() {
  return { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), platform: `${process.platform}-${process.arch}`, node: process.versions.node, loadAverageBefore: loadavg()[0] };
}

/** Ends the program with a message about its options. */
export function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

/** An option that must be a whole number from 1 up. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : refuse(`--${name} is a whole number from 1 up, not "${text}"`);
}
