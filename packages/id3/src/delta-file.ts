import { SafetensorsFile, UnmaskError, writeSafetensors, type WritableTensor } from '@unmask/tensor-core';
import { checkPart, type Delta, type DenseDelta, type SparseDelta } from './delta.js';

const FORMAT = 'unmask-delta';
const VERSION = '1';

/** Facts about a delta to keep in its file; null leaves one out. */
export type DeltaMetadata = Readonly<Record<string, string | number | boolean | null>>;

/** A delta read from a file. */
export interface LoadedDelta extends Delta {
  /** What {@link saveDelta} was given, as strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a delta as a safetensors file, 8 bytes an entry: `<parameter>.indices` (I32) and `<parameter>.values` (F32) for
 * selected entries, `<parameter>` (F32) for parameters trained in full, and in the metadata `format`, `version` and
 * `shapes`, the JSON of the shapes of the parameters with selected entries.
 * @throws UnmaskError when a parameter has no name or shares its name
 */
export async function saveDelta(path: string, delta: Delta, metadata: DeltaMetadata = {}): Promise<void> {
  const tensors: WritableTensor[] = [
    ...delta.entries.flatMap(({ name, indices, values }): WritableTensor[] => [
      { name: `${name}.indices`, dtype: 'I32', shape: [indices.length], data: indices },
      { name: `${name}.values`, dtype: 'F32', shape: [values.length], data: values },
    ]),
    ...delta.dense.map(({ name, shape, values }): WritableTensor => ({ name, dtype: 'F32', shape, data: values })),
  ];
  const names = [...delta.entries, ...delta.dense].map(({ name }) => name);
  if (names.includes('')) throw new UnmaskError('a parameter of the delta has no name: call model.nameParameters() before training');
  if (new Set([...names, ...tensors.map(({ name }) => name)]).size !== delta.entries.length + tensors.length) {
    throw new UnmaskError('two parameters of the delta share a name: name the parameters of a whole model with model.nameParameters()');
  }
  const given = Object.entries(metadata).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const]));
  const shapes = JSON.stringify(Object.fromEntries(delta.entries.map(({ name, shape }) => [name, shape])));
  await writeSafetensors(path, tensors, { ...Object.fromEntries(given), format: FORMAT, version: VERSION, shapes });
}

/**
 * Reads a delta and checks all of it.
 * @throws UnmaskError `not-found` or `bad-file`
 */
export async function loadDelta(path: string): Promise<LoadedDelta> {
  const file = await SafetensorsFile.open(path);
  try {
    const { format, version, shapes, ...metadata } = file.metadata;
    if (format !== FORMAT) throw badDelta(path, 'it is a safetensors file of another kind; give one that saveDelta wrote');
    if (version !== VERSION) throw badDelta(path, `it has version ${version}, and this release reads version ${VERSION}; upgrade @unmask/id3`);
    const entries: SparseDelta[] = [];
    const rest = new Set(file.entries.keys());
    for (const [name, shape] of parseShapes(path, shapes)) {
      for (const tensor of [`${name}.indices`, `${name}.values`]) if (!rest.delete(tensor)) throw badDelta(path, `"${tensor}" is missing`);
      const [indices, values] = [await file.readInt32(`${name}.indices`), await readValues(file, `${name}.values`)];
      entries.push({ name, shape, indices, values });
    }
    const dense: DenseDelta[] = [];
    for (const name of rest) dense.push({ name, shape: file.entries.get(name)!.shape, values: await readValues(file, name) });
    for (const part of [...entries, ...dense]) checkPart(part, (problem) => badDelta(path, `"${part.name}" ${problem}`));
    return { entries, dense, metadata };
  } finally {
    await file.close();
  }
}

/** A float32 tensor as it is: a conversion would make the model differ from the trained one. */
function readValues(file: SafetensorsFile, name: string): Promise<Float32Array> {
  const { dtype } = file.entries.get(name)!;
  if (dtype !== 'F32') throw badDelta(file.path, `"${name}" is ${dtype}, not F32`);
  return file.readFloat32(name);
}

/** The shapes of the parameters with selected entries. */
function parseShapes(path: string, json: string | undefined): [name: string, shape: number[]][] {
  let shapes: unknown;
  try {
    shapes = JSON.parse(json ?? '');
  } catch (cause) {
    throw badDelta(path, 'its shapes are not JSON', cause);
  }
  if (typeof shapes !== 'object' || shapes === null) throw badDelta(path, 'its shapes are no object');
  return Object.entries(shapes).map(([name, shape]) => {
    const isShape = Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);
    if (!isShape) throw badDelta(path, `the shape of "${name}" is ${JSON.stringify(shape)}, not a list of lengths`);
    return [name, shape as number[]];
  });
}

function badDelta(path: string, problem: string, cause?: unknown): UnmaskError {
  return new UnmaskError(`${path} is no usable delta: ${problem}`, { code: 'bad-file', cause });
}
