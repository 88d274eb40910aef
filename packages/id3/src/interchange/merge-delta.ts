import { type Checkpoint, classFields, copyCompanions, folderOf, isFolder, joinPath, makeFolder, namesIn, openCheckpoint, readJsonFile, UnmaskError, type WritableTensor, writeSafetensors, writeWhole } from '@unmask/tensor-core';
import type { Delta } from '../delta/delta.js';
import { loadDelta } from '../delta/delta-file.js';
import { isFloat, planMerge, type MergedTensor } from './merge-plan.js';

/** Options of {@link mergeDelta}. */
export interface MergeOptions {
  /**
   * The base model: a folder in Hugging Face layout, or in one its `*.safetensors` file or `*.safetensors.index.json`.
   * `config.json` and the tokenizer are taken from the same folder.
   */
  readonly base: string;
  /** A file that `saveDelta` wrote, or the delta itself. */
  readonly delta: string | Delta;
  /** Folder to make; it must not be there yet, or be empty. */
  readonly out: string;
  /**
   * The model's name for a tensor of the base, or undefined to leave the tensor out. By default the names are the base's, with
   * what the delta's names have before them (`bert.`) if the base holds the bare model.
   */
  readonly rename?: (name: string) => string | undefined;
  /** For `architectures` in config.json, such as `['BertForSequenceClassification']`; the base's by default. */
  readonly architectures?: readonly string[];
  /** Names of the classes, or how many there are, for `id2label` and `label2id` in config.json; the base's by default. */
  readonly labels?: readonly string[] | number;
}

/** What {@link mergeDelta} wrote. */
export interface MergeSummary {
  /** Tensors in all. */
  readonly tensors: number;
  /** Names of those that the delta changed. */
  readonly changed: readonly string[];
  /** Names of those that only the delta has, such as a new head. */
  readonly added: readonly string[];
  /** Names of the files in the folder. */
  readonly files: readonly string[];
}

/**
 * Writes the trained model as a folder that Hugging Face transformers loads: `model.safetensors` with the delta written into
 * the base, `config.json` and the tokenizer. Floating-point tensors become float32, in which the trained values are exact
 * (only those of a float64 base are rounded), and config.json says so; other tensors stay as they are. One tensor of the base
 * is in memory at a time. The folder appears when it is complete.
 * @throws UnmaskError before `out` is there: `not-found`, `bad-file` or `unsupported`, or when the delta does not fit the base
 */
export async function mergeDelta(options: MergeOptions): Promise<MergeSummary> {
  return makeFolder(options.out, async (temporary) => {
    const delta = typeof options.delta === 'string' ? await loadDelta(options.delta) : options.delta;
    const checkpoint = await openCheckpoint(options.base);
    try {
      const folder = /\.safetensors(\.index\.json)?$/.test(options.base) && !(await isFolder(options.base)) ? folderOf(options.base) : options.base;
      await writeWhole(joinPath(temporary, 'config.json'), await mergedConfig(folder, options));
      const plan = planMerge(checkpoint.entries, delta, options.rename);
      await writeSafetensors(joinPath(temporary, 'model.safetensors'), plan.map((tensor) => merged(checkpoint, tensor)), { format: 'pt' });
      await copyCompanions(folder, temporary);
      const names = (wanted: (tensor: MergedTensor) => unknown) => plan.filter(wanted).map(({ name }) => name);
      const files = (await namesIn(temporary))!;
      return { tensors: plan.length, changed: names(({ source, part }) => source && part), added: names(({ source }) => !source), files };
    } finally {
      await checkpoint.close();
    }
  });
}

/** A tensor to write, read when its turn comes. */
function merged(checkpoint: Checkpoint, { name, source, part }: MergedTensor): WritableTensor {
  if (part && !part.indices) return { name, dtype: 'F32', shape: part.shape, data: part.values };
  const { name: stored, shape, dtype } = source!;
  if (!isFloat(dtype)) return { name, dtype, shape, data: () => checkpoint.readBytes(stored) };
  const data = async () => {
    const values = await checkpoint.readFloat32(stored);
    part?.indices.forEach((index, at) => (values[index] = part.values[at]));
    return values;
  };
  return { name, dtype: 'F32', shape, data };
}

/** The text of config.json. */
async function mergedConfig(folder: string, { architectures, labels }: MergeOptions): Promise<string> {
  const base = await readJsonFile(joinPath(folder, 'config.json'));
  if (!base) throw new UnmaskError(`${folder} has no config.json, which transformers needs`, { code: 'not-found' });
  const config = {
    ...base,
    dtype: 'float32',
    ...('torch_dtype' in base ? { torch_dtype: 'float32' } : {}),
    ...(architectures ? { architectures } : {}),
    ...(labels === undefined ? {} : classFields(labels)),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
