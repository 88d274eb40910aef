import { printable } from '@unmask/tensor-core';

/** Tells people a fact, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
