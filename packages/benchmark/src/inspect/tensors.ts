import { openCheckpoint, type TensorEntry } from '@unmask/tensor-core';

/** A tensor of a file. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
}

/** Tensors of one kind, in as many layers as there are. */
export interface TensorGroup extends Omit<TensorFacts, 'shape'> {
  /** The tensors' name, with a star where the numbers of layers differ. */
  readonly name: string;
  readonly tensors: number;
  /** One shape, or those that there are. */
  readonly shapes: readonly (readonly number[])[];
}

/**
 * What a safetensors file or a folder of them holds, by the header alone.
 * @throws UnmaskError for a file that is missing or malformed
 */
export async function tensorsOf(path: string): Promise<TensorFacts[]> {
  const checkpoint = await openCheckpoint(path);
  try {
    return [...checkpoint.entries.values()].map(factsOf);
  } finally {
    await checkpoint.close();
  }
}

function factsOf({ name, dtype, shape, begin, end }: TensorEntry): TensorFacts {
  return { name, dtype, shape, parameters: shape.reduce((product, length) => product * length, 1), bytes: end - begin };
}

/** A name with a star in place of each number. */
export const patternOf = (name: string): string => name.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*');

/**
 * The tensors that differ by the numbers of their layers alone, together, in the order of the file.
 * @param apart each tensor in a group of its own
 */
export function groupTensors(tensors: readonly TensorFacts[], apart = false): TensorGroup[] {
  const groups = new Map<string, TensorFacts[]>();
  for (const tensor of tensors) {
    const key = apart ? tensor.name : `${patternOf(tensor.name)} ${tensor.dtype}`;
    groups.set(key, [...(groups.get(key) ?? []), tensor]);
  }
  return [...groups.values()].map((members) => {
    const [{ name, dtype }] = members;
    const sum = (valueOf: (tensor: TensorFacts) => number) => members.reduce((total, tensor) => total + valueOf(tensor), 0);
    const shapes = [...new Map(members.map(({ shape }) => [shape.join(), shape])).values()];
    return { name: members.length === 1 ? name : patternOf(name), dtype, tensors: members.length, shapes, parameters: sum(({ parameters }) => parameters), bytes: sum(({ bytes }) => bytes) };
  });
}
