import { Parameter, type Random } from '@unmask/tensor-core';

/** As PyTorch's Linear starts, by Kaiming's uniform rule with a = √5: U(−bound, bound) for bound = 1/√in. */
export const uniform = (size: number, bound: number, random: Random) => Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);

/** A factor of a product, by Kaiming's uniform rule, or at zero without a source of randomness. */
export const factor = (shape: readonly [rows: number, columns: number], random: Random | undefined) =>
  new Parameter(shape, random && (() => uniform(shape[0] * shape[1], 1 / Math.sqrt(shape[1]), random)));

export const normal = (size: number, random: Random, deviation = 1) => Float32Array.from({ length: size }, () => random.normal() * deviation);
