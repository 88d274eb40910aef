import { UnmaskError } from './errors.js';

/** What a model may be made of; see {@link constructWithin}. */
export interface ConstructionLimit {
  /** Most parameters. */
  readonly parameters: number;
  /** Most scalars, of all parameters together. */
  readonly scalars: number;
}

/** The construction under way, if its size is limited. */
let running: { readonly limit: ConstructionLimit; scalars: number; readonly made: Disposable[] } | undefined;

interface Disposable {
  dispose(): void;
}

/**
 * Makes a model whose sizes come from a file that nobody has checked. A parameter beyond the limit is refused before memory
 * is taken for it; whatever `construct` throws, the parameters that it made are freed.
 * @param construct makes parameters, synchronously
 * @throws UnmaskError when the model is larger than the limit
 */
export function constructWithin<T>(limit: ConstructionLimit, construct: () => T): T {
  const outer = running;
  const made: Disposable[] = [];
  running = { limit, scalars: 0, made };
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
  const { limit, made } = running;
  running.scalars += size;
  if (made.length < limit.parameters && running.scalars <= limit.scalars) return (parameter) => made.push(parameter);
  throw new UnmaskError(`the model that is described is larger than the ${limit.parameters} parameters of ${limit.scalars} scalars in all that it may have`, { code: 'bad-file' });
}
