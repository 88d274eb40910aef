import { UnmaskError } from '@unmask/tensor-core';

/** Checks a number of rows to read, Infinity for all. @throws UnmaskError `bad-argument` unless it is whole and at least 1 */
export function checkLimit(limit: number): void {
  if (limit !== Infinity && (!Number.isInteger(limit) || limit < 1)) {
    throw new UnmaskError(`limit ${limit}: give a whole number of at least 1, or none for all rows`);
  }
}
