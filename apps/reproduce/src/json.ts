import { printable } from '@unmask/tensor-core';

/** A value as JSON for standard output; characters that act on a terminal stand in it as JSON's escapes. */
export const asJson = (value: unknown): string => printable(JSON.stringify(value, null, 2), '\n');
