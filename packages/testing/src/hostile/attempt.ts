import { UnmaskError } from '@unmask/tensor-core';

/** Most seconds of processor time that reading a file, or using what it describes, may take. */
const LIMIT = 2;

/** Most characters of a message. */
const LONGEST_MESSAGE = 1100;

/**
 * Does something with what a hostile file describes, which must end in time, and either well or in an UnmaskError of one line.
 * @returns the result, or undefined after an UnmaskError
 */
export async function attempt<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  const start = process.cpuUsage();
  const result = await refusable(action);
  const { user, system } = process.cpuUsage(start);
  if (user + system > LIMIT * 1e6) throw new Error(`it took ${(user + system) / 1e6} s`);
  return result;
}

async function refusable<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (UnmaskError.isInstance(error) && !/[\r\n]/.test(error.message) && error.message.length <= LONGEST_MESSAGE) return undefined;
    throw error;
  }
}

/** How often a property of hostile files is tried: `runs` times, or as often as UNMASK_FUZZ_CASES says. */
export function hostileRuns(runs: number): { numRuns: number } {
  return { numRuns: Number(process.env.UNMASK_FUZZ_CASES ?? runs) };
}

/** Milliseconds that all the runs of a property may take. */
export const HOSTILE_TIMEOUT = 3_600_000;
