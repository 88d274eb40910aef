import { UnmaskError, writeSafetensors } from '@unmask/tensor-core';
import { checkPart, type Delta } from '../delta/delta.js';
import { deltaTensors, readDelta, shapesOf, vector } from '../delta/delta-tensors.js';
import { FormatFile, metadataOf, type FileFormat, type FileMetadata } from '../delta/format-file.js';
import type { EntryState, TrainingState } from './training-state.js';

const FORMAT: FileFormat = { format: 'unmask-training-state', version: '1', noun: 'training state', writer: 'saveTrainingState' };
const RESERVED = ['format', 'version', 'state'];
/** What the names of tensors begin with. */
const [DELTA, OPTIMIZER, EXTRA] = ['delta.', 'optimizer.', 'extra.'];

/** A training state read from a file. */
export interface LoadedTrainingState extends TrainingState {
  /** What {@link saveTrainingState} was given, as strings. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What {@link saveTrainingState} was given besides the state. */
  readonly extra: ReadonlyMap<string, Float32Array>;
}

/** What the tensors alone do not tell, as JSON under the metadata key `state`. */
interface Layout {
  readonly step: number;
  readonly gradientUpdates: number;
  /** Of the parameters with trained entries. */
  readonly shapes: Readonly<Record<string, unknown>>;
  /** Slots of the update rule. */
  readonly slots: number;
  /** Whether each entry's updates are counted. */
  readonly ages: boolean;
  /** Names of the parameters with unmasked entries. */
  readonly entries: readonly string[];
  /** Names of the parameters trained in full. */
  readonly dense: readonly string[];
}

/**
 * Writes a training state as one safetensors file, so that `restore` goes on from it bit for bit: the delta as
 * {@link saveDelta} writes it, under names that begin with `delta.`, and of the optimizer `optimizer.<parameter>.indices`
 * (I32), `.slot0`, `.slot1`, … (F32) and, if each entry's updates are counted, `.ages` (I32). With AdamW that is 24 bytes an
 * unmasked entry. A file of that name is replaced at once when the new one is complete, so a crash leaves one of the two.
 * @param metadata facts to keep with it, under other keys than `format`, `version` and `state`
 * @param extra numbers to keep with it, e.g. of an adapter that has a state of its own; `extra.<name>` (F32) in the file
 * @throws UnmaskError when a parameter has no name or shares its name, or the parts of the state do not fit together
 */
export async function saveTrainingState(path: string, state: TrainingState, metadata: FileMetadata = {}, extra: ReadonlyMap<string, Float32Array> = new Map()): Promise<void> {
  const reserved = RESERVED.find((key) => key in metadata);
  if (reserved !== undefined) throw new UnmaskError(`the metadata has a "${reserved}", which the file keeps for itself: use another key`);
  const parts = [...state.entries, ...state.dense];
  const layout: Layout = {
    step: state.step,
    gradientUpdates: state.gradientUpdates,
    shapes: shapesOf(state.delta),
    slots: parts[0]?.slots.length ?? 0,
    ages: state.entries[0]?.ages !== undefined,
    entries: state.entries.map(({ name }) => name),
    dense: state.delta.dense.map(({ name }) => name),
  };
  const tensors = deltaTensors(state.delta, DELTA);
  check(state, layout, (problem) => new UnmaskError(`the training state cannot be saved: ${problem}`));
  for (const { name, indices, ages } of state.entries) {
    tensors.push(vector(`${OPTIMIZER}${name}.indices`, indices));
    if (ages) tensors.push(vector(`${OPTIMIZER}${name}.ages`, ages));
  }
  for (const { name, slots } of parts) {
    slots.forEach((data, slot) => tensors.push(vector(`${OPTIMIZER}${name}.slot${slot}`, data)));
  }
  for (const [name, data] of extra) tensors.push(vector(EXTRA + name, data));
  await writeSafetensors(path, tensors, metadataOf(FORMAT, { state: JSON.stringify(layout) }, metadata));
}

/**
 * Reads a training state and checks all of it; `restore` then checks that it fits the model and the settings.
 * @throws UnmaskError `not-found` or `bad-file`
 */
export function loadTrainingState(path: string): Promise<LoadedTrainingState> {
  return FormatFile.read(path, FORMAT, async (file) => {
    const layout = parseLayout(file);
    const delta = await readDelta(file, layout.shapes, layout.dense, DELTA);
    const slotsOf = async (name: string) => {
      const slots: Float32Array[] = [];
      for (let slot = 0; slot < layout.slots; slot++) slots.push(await file.readFloats(`${OPTIMIZER}${name}.slot${slot}`));
      return slots;
    };
    const entries: EntryState[] = [];
    for (const name of layout.entries) {
      const part = { name, indices: await file.readIntegers(`${OPTIMIZER}${name}.indices`), slots: await slotsOf(name) };
      entries.push(layout.ages ? { ...part, ages: await file.readIntegers(`${OPTIMIZER}${name}.ages`) } : part);
    }
    const dense: TrainingState['dense'][number][] = [];
    for (const name of layout.dense) dense.push({ name, slots: await slotsOf(name) });
    const extra = new Map<string, Float32Array>();
    for (const name of [...file.unread].filter((each) => each.startsWith(EXTRA))) extra.set(name.slice(EXTRA.length), await file.readFloats(name));
    const [left] = file.unread;
    if (left !== undefined) throw file.bad(`"${left}" has no place in it`);
    const { step, gradientUpdates } = layout;
    const state = { step, gradientUpdates, delta, entries, dense, extra, metadata: file.metadataBesides('state') };
    check(state, layout, (problem) => file.bad(problem));
    return state;
  });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The layout, as far as types go. */
function parseLayout(file: FormatFile): Layout {
  const { step, gradientUpdates, shapes, slots, ages, entries, dense } = file.json('state');
  const isNames = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((name) => typeof name === 'string') && new Set(value).size === value.length;
  const fits = isCount(step) && isCount(gradientUpdates) && isCount(slots) && typeof ages === 'boolean' && isNames(entries) && isNames(dense);
  if (!fits) throw file.bad('"state" in its metadata lacks counts or names, or has them of another type');
  return { step, gradientUpdates, shapes: file.object('state.shapes', shapes), slots, ages, entries, dense };
}

/** Checks that the parts of a state fit together. @throws what `error` makes of a problem's description */
function check({ step, gradientUpdates, delta, entries, dense }: TrainingState, layout: Layout, error: (problem: string) => Error): void {
  if (!isCount(step) || !isCount(gradientUpdates)) throw error(`step ${step} and gradientUpdates ${gradientUpdates} must be whole numbers from 0 on`);
  for (const part of [...delta.entries, ...delta.dense]) checkPart(part, (problem) => error(`the delta of "${part.name}" ${problem}`));
  const optimized = new Set([...entries, ...dense].map(({ name }) => name));
  if (optimized.size !== entries.length + dense.length) throw error('two parameters of the optimizer state share a name');
  const trained = new Map<string, Delta['entries' | 'dense'][number]>([...delta.entries, ...delta.dense].map((part) => [part.name, part]));
  for (const { name, indices, ages } of entries) {
    const part = trained.get(name);
    if (!part?.indices) throw error(`"${name}" has optimizer state for entries, but the delta has none of them`);
    const stray = firstOutside(indices, part.indices);
    if (stray !== undefined) throw error(`"${name}" has optimizer state for index ${stray}: these indices must ascend and be among those of the delta`);
    if ((ages !== undefined) !== layout.ages) throw error(`"${name}" ${ages ? 'counts' : 'does not count'} each entry's updates, unlike other parameters`);
    if (ages && ages.length !== indices.length) throw error(`"${name}" has ${indices.length} indices but ${ages.length} ages`);
    const age = ages?.find((value) => value < 0 || value > step);
    if (age !== undefined) throw error(`"${name}" has an entry with ${age} updates after ${step} steps`);
  }
  const stateless = delta.dense.find(({ name }) => !optimized.has(name));
  if (stateless) throw error(`"${stateless.name}" was trained in full, but has no optimizer state`);
  for (const { name } of dense) {
    const part = trained.get(name);
    if (!part || part.indices) throw error(`"${name}" has optimizer state for all of it, but was not trained in full`);
  }
  const lengths = new Map<string, number>([...entries.map(({ name, indices }) => [name, indices.length] as const), ...delta.dense.map(({ name, values }) => [name, values.length] as const)]);
  for (const { name, slots } of [...entries, ...dense]) {
    const length = lengths.get(name);
    if (slots.length !== layout.slots) throw error(`"${name}" has ${slots.length} slots, other parameters ${layout.slots}`);
    slots.forEach((slot, at) => {
      if (slot.length !== length) throw error(`"${name}" has ${length} entries but ${slot.length} numbers in slot ${at}`);
    });
  }
}

/** The first of `indices` that does not ascend within `among`, which ascends. */
function firstOutside(indices: Int32Array, among: Int32Array): number | undefined {
  let at = 0;
  for (const index of indices) {
    while (at < among.length && among[at] < index) at++;
    if (among[at] !== index) return index;
    at++;
  }
  return undefined;
}
