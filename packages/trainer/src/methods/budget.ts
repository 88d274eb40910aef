import { type Parameter, Pattern, UnmaskError } from '@unmask/tensor-core';
import type { TrainingSettings } from '../settings.js';

/** What is used of what a method trains. */
interface Trained {
  readonly parameters: readonly Parameter[];
  readonly isHead: (parameter: Parameter) => boolean;
}

/** Scalars in some parameters. */
export const count = (parameters: readonly Parameter[]) => parameters.reduce((sum, parameter) => sum + parameter.size, 0);

/** Which parameters to select from. @throws UnmaskError for a pattern that is none or matches nothing */
export function scopeOf({ scope }: TrainingSettings, parameters: readonly Parameter[]): (parameter: Parameter) => boolean {
  if (scope === null) return () => true;
  const pattern = new Pattern(scope, 'the scope');
  const matches = ({ name }: Parameter) => pattern.matchesWithin(name);
  if (!parameters.some(matches)) {
    throw new UnmaskError(`the scope "${scope}" matches none of ${parameters.length} parameters; they are named like ${parameters[0].name}`, { code: 'not-found' });
  }
  return matches;
}

/**
 * Entries left for selection once the head has had its share.
 * @throws UnmaskError when there are none, or too few to select from
 */
export function selectionBudget({ budget, method, head, candidates }: TrainingSettings, { parameters, isHead }: Trained, scope: (parameter: Parameter) => boolean): number {
  const selectable = Math.floor(candidates * count(parameters.filter((parameter) => scope(parameter) && !(head === 'free' && isHead(parameter)))));
  const headSize = count(parameters.filter(isHead));
  if (budget === null) throw new UnmaskError(`method ${method} needs a budget: give --budget N, the number of entries that it may unmask`);
  if (budget > selectable) {
    throw new UnmaskError(`budget ${budget} is larger than the ${selectable} entries that can be unmasked: give --budget at most ${selectable}`);
  }
  if (head !== 'counted') return budget;
  if (budget <= headSize) {
    throw new UnmaskError(`budget ${budget} does not hold the head's ${headSize} entries: raise --budget, or use --head free`);
  }
  return budget - headSize;
}
