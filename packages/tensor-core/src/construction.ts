import { UnmaskError } from './errors.js';

/** What a model may be made of; see {@link constructWithin}. */
export interface ConstructionLimit {
  /** Most parameters. */
  readonly parameters: number;
  /** Most scalars, of all parameters together. */
  readonly scalars: number;
}

/** How {@link constructWithin} goes about it. */
export interface ConstructionOptions {
  /** What is made, for messages; `model` by default. */
  readonly what?: string;
  /** Whether all values are read from a file afterwards: then parameters do not make those that they would start from. */
  readonly filled?: boolean;
}

/** The construction under way, if its size is limited. */
let running: (ConstructionOptions & { readonly limit: ConstructionLimit; scalars: number; readonly made: Disposable[] }) | undefined;

interface Disposable {
  dispose(): void;
}

/**
 * Makes a model, or a part of one, whose sizes come from a file that nobody has checked. A parameter beyond the limit is
 * refused before memory is taken for it or for its values; whatever `construct` throws, the parameters that it made are freed.
 * @param construct makes parameters, synchronously
 * @throws UnmaskError when it is larger than the limit
 */
export function constructWithin<T>(limit: ConstructionLimit, construct: () => T, options: ConstructionOptions = {}): T {
  const outer = running;
  const made: Disposable[] = [];
  running = { ...options, limit, scalars: 0, made };
  try {
    return construct();
  } catch (error) {
    for (const parameter of made) parameter.dispose();
    throw error;
  } finally {
    running = outer;
  }
}

/**
 * Asks for the memory of a parameter. Internal to this package.
 * @returns what takes the parameter once it is there
 * @throws UnmaskError when it is one too many
 */
export function reserve(size: number): (parameter: Disposable) => void {
  if (!running) return () => undefined;
  const { limit, made, what = 'model' } = running;
  running.scalars += size;
  if (made.length < limit.parameters && running.scalars <= limit.scalars) return (parameter) => made.push(parameter);
  throw new UnmaskError(`the ${what} that is described is larger than the ${limit.parameters} parameters of ${limit.scalars} scalars in all that it may have`, { code: 'bad-file' });
}

/** Whether values that a parameter would start from are read from a file instead. Internal to this package. */
export const isFilledLater = (): boolean => running?.filled ?? false;
