import type { ConstructionLimit, Parameter } from '@unmask/tensor-core';
import type { BaseModel } from '../method.js';

/** How large a fresh adapter can be: of ranks and bottlenecks as wide as the layers, and more where those are narrow. */
export function freshLimit({ model }: BaseModel): ConstructionLimit {
  const parameters = model.parameters();
  return { parameters: 16 * parameters.length + 64, scalars: 4 * count(parameters) + 2 ** 24 };
}

/** Scalars in some parameters. */
export const count = (parameters: readonly Parameter[]) => parameters.reduce((sum, { size }) => sum + size, 0);
