import { UnmaskError } from '@unmask/tensor-core';

/** Checks factors that decay a running mean. @throws UnmaskError when one is not in [0, 1) */
export function checkDecays(rule: string, decays: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(decays)) {
    if (!(value >= 0 && value < 1)) throw new UnmaskError(`${name} of ${rule} is ${value}: give a number in [0, 1)`);
  }
}

/** Checks sizes. @throws UnmaskError when one is negative or not finite */
export function checkSizes(rule: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!(value >= 0 && value < Infinity)) throw new UnmaskError(`${name} of ${rule} is ${value}: give a number of at least 0`);
  }
}
