import { UnmaskError, type Parameter, type ParameterGradient } from '@unmask/tensor-core';

/** A parameter's place among all entries: entry i of it has the address `start` + i. */
export interface Region {
  readonly parameter: Parameter;
  readonly start: number;
  readonly end: number;
}

/** A run of consecutive entries of a parameter for which there is a gradient. */
export interface Span {
  /** Flat index of its first entry in the parameter. */
  readonly start: number;
  /** Index of that entry's gradient in the gradient's values. */
  readonly gradientStart: number;
  readonly length: number;
}

/** Addresses and flat indices are stored in 32 bits. */
const ADDRESS_LIMIT = 2 ** 32;
const INDEX_LIMIT = 2 ** 31;

/**
 * Lays parameters out one behind the other.
 * @throws UnmaskError when they have more entries than 32 bits can address
 */
export function layOut(parameters: readonly Parameter[]): Region[] {
  let end = 0;
  const regions = parameters.map((parameter) => ({ parameter, start: end, end: (end += parameter.size) }));
  if (end > ADDRESS_LIMIT || parameters.some(({ size }) => size > INDEX_LIMIT)) {
    throw new UnmaskError(
      `${end} entries are to be selected from, but 2^32 in all and 2^31 a parameter is the limit: set trainable = false on some parameters`,
      { code: 'unsupported' },
    );
  }
  return regions;
}

/** The runs of entries that a gradient of all entries covers: all of the parameter, or its touched rows. */
export function spansOf(parameter: Parameter, { rows, tensor }: ParameterGradient): Span[] {
  if (!rows) return [everyEntryOf(parameter)];
  const length = tensor.size / rows.length;
  return Array.from(rows, (row, index) => ({ start: row * length, gradientStart: index * length, length }));
}

/** The run of all of a parameter's entries. */
export function everyEntryOf({ size }: Parameter): Span {
  return { start: 0, gradientStart: 0, length: size };
}

/** How an error names a parameter. */
export function nameOf(parameter: Parameter): string {
  return parameter.name || `an unnamed parameter of shape [${parameter.shape.join(', ')}]`;
}
