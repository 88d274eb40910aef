import type { Delta } from '@unmask/id3';
import type { Parameter } from '@unmask/tensor-core';

/** What parameters hold where a delta would change them. */
export function valuesUnder(parameters: readonly Parameter[], { entries, dense }: Delta): Delta {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return {
    entries: entries.map((part) => {
      const values = byName.get(part.name)!.read();
      return { ...part, values: Float32Array.from(part.indices, (index) => values[index]) };
    }),
    dense: dense.map((part) => ({ ...part, values: byName.get(part.name)!.read().slice() })),
  };
}
