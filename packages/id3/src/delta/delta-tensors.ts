import { UnmaskError, type WritableTensor } from '@unmask/tensor-core';
import { checkPart, type Delta, type DenseDelta, type SparseDelta } from './delta.js';
import type { FormatFile } from './format-file.js';

/** The shapes of the parameters with selected entries, which their tensors in a file do not have. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** The shapes of a delta's parameters with selected entries. */
export function shapesOf(delta: Delta): Shapes {
  return Object.fromEntries(delta.entries.map(({ name, shape }) => [name, shape]));
}

/** Numbers as a tensor of one axis: F32 or I32, as the array is. */
export function vector(name: string, data: Float32Array | Int32Array): WritableTensor {
  return { name, dtype: data instanceof Int32Array ? 'I32' : 'F32', shape: [data.length], data };
}

/**
 * A delta as tensors: `<prefix><parameter>.indices` (I32) and `<prefix><parameter>.values` (F32) for selected entries,
 * `<prefix><parameter>` (F32) for parameters trained in full.
 * @throws UnmaskError when a parameter has no name or shares its name
 */
export function deltaTensors(delta: Delta, prefix = ''): WritableTensor[] {
  const tensors: WritableTensor[] = [
    ...delta.entries.flatMap(({ name, indices, values }) => [vector(`${prefix}${name}.indices`, indices), vector(`${prefix}${name}.values`, values)]),
    ...delta.dense.map(({ name, shape, values }): WritableTensor => ({ name: `${prefix}${name}`, dtype: 'F32', shape, data: values })),
  ];
  const names = [...delta.entries, ...delta.dense].map(({ name }) => name);
  if (names.includes('')) throw new UnmaskError('a parameter of the delta has no name: call model.nameParameters() before training');
  const all = new Set([...names.map((name) => prefix + name), ...tensors.map(({ name }) => name)]);
  if (all.size !== delta.entries.length + tensors.length) {
    throw new UnmaskError('two parameters of the delta share a name: name the parameters of a whole model with model.nameParameters()');
  }
  return tensors;
}

/**
 * Reads what {@link deltaTensors} made, and checks all of it.
 * @param shapes from JSON, not checked yet
 * @param dense names of the parameters trained in full; all tensors besides the selected entries' when left out
 * @throws UnmaskError `bad-file`
 */
export async function readDelta(file: FormatFile, shapes: Record<string, unknown>, dense?: readonly string[], prefix = ''): Promise<Delta> {
  const entries: SparseDelta[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    if (!isShape(shape)) throw file.bad(`the shape of "${name}" is ${JSON.stringify(shape)}, not a list of lengths`);
    entries.push({ name, shape, indices: await file.readIntegers(`${prefix}${name}.indices`), values: await file.readFloats(`${prefix}${name}.values`) });
  }
  const whole: DenseDelta[] = [];
  for (const name of dense ?? [...file.unread]) {
    whole.push({ name, shape: file.shapeOf(prefix + name), values: await file.readFloats(prefix + name) });
  }
  for (const part of [...entries, ...whole]) checkPart(part, (problem) => file.bad(`"${part.name}" ${problem}`));
  return { entries, dense: whole };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
