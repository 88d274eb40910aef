import { writeSafetensors } from '@unmask/tensor-core';
import type { Delta } from './delta.js';
import { deltaTensors, readDelta, shapesOf } from './delta-tensors.js';
import { FormatFile, metadataOf, type FileFormat, type FileMetadata } from './format-file.js';

const FORMAT: FileFormat = { format: 'unmask-delta', version: '1', noun: 'delta', writer: 'saveDelta' };

/** Facts about a delta to keep in its file; null leaves one out. */
export type DeltaMetadata = FileMetadata;

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
  await writeSafetensors(path, deltaTensors(delta), metadataOf(FORMAT, { shapes: JSON.stringify(shapesOf(delta)) }, metadata));
}

/**
 * Reads a delta and checks all of it.
 * @throws UnmaskError `not-found` or `bad-file`
 */
export function loadDelta(path: string): Promise<LoadedDelta> {
  return FormatFile.read(path, FORMAT, async (file) => {
    return { ...(await readDelta(file, file.json('shapes'))), metadata: file.metadataBesides('shapes') };
  });
}
