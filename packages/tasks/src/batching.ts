import { type Random, UnmaskError } from '@unmask/tensor-core';

/** Batches whose examples are sorted by length together: enough to save padding, few enough to keep the order random. */
const BATCHES_SORTED_TOGETHER = 50;

/**
 * One epoch: every index of `lengths` once, in batches of examples of like length, in an order drawn from `random`.
 * Only one batch of the epoch can be smaller than `batchSize`.
 * @param lengths length of each example, in any unit
 * @throws UnmaskError when `batchSize` is not a whole number of at least 1
 */
export function epochBatches(lengths: readonly number[], batchSize: number, random: Random): number[][] {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UnmaskError(`batch size ${batchSize}: give a whole number of at least 1`);
  }
  const order = random.shuffle(lengths.map((_, index) => index));
  const batches: number[][] = [];
  for (const stretch of cut(order, batchSize * BATCHES_SORTED_TOGETHER)) {
    stretch.sort((a, b) => lengths[a] - lengths[b]);
    batches.push(...cut(stretch, batchSize));
  }
  return random.shuffle(batches);
}

function cut<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) => items.slice(part * size, (part + 1) * size));
}
