import { ensureFolder, joinPath, type Parameter, UnmaskError, type WritableTensor, writeSafetensors, writeWhole } from '@unmask/tensor-core';
import type { Delta, SparseDelta } from '../delta/delta.js';
import { entriesPerRank, moduleOf, partsByName, planShira, type Parts, type PeftTaskType } from './shira-plan.js';

export type { PeftTaskType } from './shira-plan.js';

/** Options of {@link saveShira}. */
export interface ShiraOptions {
  /** All parameters of the base model, with the values from before training and Hugging Face names. */
  readonly base: readonly Parameter[];
  /** Name or folder of the base model, for the adapter's config. */
  readonly baseModel?: string;
  /** What PEFT is told that the model is for. It stores the head of a classification or question-answering task whole. */
  readonly taskType?: PeftTaskType;
  /**
   * How changed biases of linear layers are stored. `whole-layer`, the default, stores the layer in full: larger, and PEFT can
   * switch it off. `in-place` stores the bias alone: PEFT writes it into the base model, where it stays when the adapter is
   * disabled or another one is loaded, and PEFT's own `save_pretrained` leaves it out.
   */
  readonly biases?: 'whole-layer' | 'in-place';
  /**
   * Whether a matrix `*.weight` belongs to a `torch.nn.Linear`, the only kind of layer that SHiRA knows. By default all do but
   * those named like embeddings and like GPT-2's transposed layers; these are stored whole.
   */
  readonly isLinear?: (name: string) => boolean;
}

/** What {@link saveShira} wrote. */
export interface ShiraSummary {
  /** PEFT's `r`. */
  readonly rank: number;
  /** Layers held as entries, r · (rows + columns) each. */
  readonly targetModules: readonly string[];
  /** Modules stored in full. */
  readonly modulesToSave: readonly string[];
  /** Zero entries that fill layers up to the number that PEFT demands. */
  readonly padding: number;
  /** Entries that PEFT gets not exactly, since base + difference rounds to a neighbour of the trained value. */
  readonly inexact: number;
}

const NOT_LINEAR = /(?:^|\.)(?:[^.]*embed[^.]*|wte|wpe|shared|c_attn|c_fc|c_proj)$/i;

/**
 * Writes a delta as an adapter folder that Hugging Face PEFT loads: `adapter_config.json` and `adapter_model.safetensors` of
 * type SHiRA (Bhardwaj et al., 2024; PEFT 0.21, tuners/shira).
 *
 * SHiRA holds r · (rows + columns) entries of a linear weight, with one r for all layers: r is the one that makes the file
 * smallest, and unused entries are filled with zeros. Other modules that changed, and weights of which a third or more would
 * be stored, go to `modules_to_save` in full. Values are differences, new − base in float32: PEFT adds them to the base, in
 * float32 off by at most about 2⁻²⁴ (|new − base| + |new|), whereas {@link Delta} and modules stored in full are exact. Load it with
 * `PeftModel.from_pretrained` on the base model in float32; `load_adapter` of transformers 5.23 drops the indices. A parameter
 * that shares its tensor with another loses that tie when it is stored in full.
 * @param folder is made if need be; files of the same names are replaced
 * @throws UnmaskError before anything is written: `unsupported` when SHiRA has nothing to hold, else when the delta does not
 * fit `base`, or `base` has been trained already
 */
export async function saveShira(folder: string, delta: Delta, options: ShiraOptions): Promise<ShiraSummary> {
  const { biases = 'whole-layer', isLinear = (name) => !NOT_LINEAR.test(moduleOf(name)), taskType } = options;
  const base = new Map(options.base.map((parameter) => [parameter.name, parameter]));
  const parts = partsByName(base, delta);
  const plan = planShira(base, parts, isLinear, biases === 'in-place', taskType);
  const targetModules = plan.targets.map(({ name }) => moduleOf(name));

  const tensors: WritableTensor[] = [];
  let [padding, inexact, changed] = [0, 0, 0];
  for (const target of plan.targets) {
    const size = plan.rank * entriesPerRank(target.shape);
    const weight = base.get(target.name)!.read();
    const former = Float32Array.from(target.indices, (index) => weight[index]);
    const differences = target.values.map((value, at) => value - former[at]);
    padding += size - differences.length;
    for (let at = 0; at < differences.length; at++) {
      if (differences[at] !== 0) changed++;
      if (Math.fround(former[at] + differences[at]) !== target.values[at]) inexact++;
    }
    const { indices, values } = padded(target, differences, size);
    const key = `base_model.model.${moduleOf(target.name)}`;
    tensors.push({ name: `${key}.shira_indices`, dtype: 'I32', shape: [2, size], data: indices });
    tensors.push({ name: `${key}.shira_weight`, dtype: 'F32', shape: [size], data: values });
  }
  if (changed === 0) throw new UnmaskError('base already holds the values of the delta: undo the delta first, or load the base model again');
  for (const parameter of plan.whole) tensors.push(full(parameter, parts, parameter.name));
  for (const parameter of plan.biases) {
    const module = moduleOf(parameter.name);
    tensors.push(full(parameter, parts, targetModules.includes(module) ? `${module}.base_layer.bias` : parameter.name));
  }

  const config = {
    auto_mapping: null,
    base_model_name_or_path: options.baseModel ?? null,
    fan_in_fan_out: false,
    inference_mode: true,
    init_weights: true,
    // Not "random": a loader that ignores the stored indices then fails, rather than draw others.
    mask_type: 'unmask',
    modules_to_save: plan.modulesToSave.length > 0 ? plan.modulesToSave : null,
    peft_type: 'SHIRA',
    r: plan.rank,
    random_seed: null,
    revision: null,
    target_modules: targetModules,
    task_type: taskType ?? null,
  };
  await ensureFolder(folder);
  await writeSafetensors(joinPath(folder, 'adapter_model.safetensors'), tensors, { format: 'pt' });
  await writeWhole(joinPath(folder, 'adapter_config.json'), `${JSON.stringify(config, null, 2)}\n`);
  return { rank: plan.rank, targetModules, modulesToSave: plan.modulesToSave, padding, inexact };
}

/** Differences and zeros at the first unused places, `size` in all: rows, then columns, in row-major order as PEFT's. */
function padded({ shape: [, columns], indices: chosen }: SparseDelta, differences: Float32Array, size: number): { indices: Int32Array; values: Float32Array } {
  const [indices, values] = [new Int32Array(2 * size), new Float32Array(size)];
  let [zeros, taken] = [size - differences.length, 0];
  for (let at = 0, place = 0; at < size; at++, place++) {
    if (zeros === 0) place = chosen[taken];
    if (place === chosen[taken]) values[at] = differences[taken++];
    else zeros--;
    indices[at] = Math.floor(place / columns);
    indices[size + at] = place % columns;
  }
  return { indices, values };
}

/** All of a parameter, with what the delta changes in it. */
function full(parameter: Parameter, parts: Parts, name: string): WritableTensor {
  const part = parts.get(parameter.name);
  const data = part && !part.indices ? part.values : parameter.read().slice();
  part?.indices?.forEach((index, at) => (data[index] = part.values[at]));
  return { name: `base_model.model.${name}`, dtype: 'F32', shape: parameter.shape, data };
}
