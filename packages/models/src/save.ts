import { classFields, copyCompanions, joinPath, makeFolder, toBfloat16, writeSafetensors, type WritableTensor, writeWhole } from '@unmask/tensor-core';
import type { Head, HeadKind, TransformerModel } from './model.js';
import type { LoadedModel } from './pretrained.js';
import { familyOf } from './registry.js';

/** Options of {@link savePretrained}. */
export interface SaveOptions {
  /** Type of the stored weights; `float32` by default. `bfloat16` halves the file and rounds to 8 significant bits. */
  readonly dtype?: 'float32' | 'bfloat16';
}

/**
 * Writes a model as a folder that `from_pretrained` of HF transformers and {@link loadPretrained} load: configuration, weights
 * (those that are shared once) and, from the folder that it was loaded from, the tokenizer. One parameter at a time
 * is copied. The folder appears when it is complete.
 * @param out folder to make; it must not be there yet, or be empty
 * @param loaded what {@link loadPretrained} or {@link loadModel} gave: its `config`, `head` and `folder`
 * @throws UnmaskError when there is something at `out`, or the head is none of the family's
 */
export async function savePretrained(model: TransformerModel, out: string, loaded: Pick<LoadedModel, 'config' | 'head' | 'folder'>, { dtype = 'float32' }: SaveOptions = {}): Promise<void> {
  const config = checkpointConfig(loaded.config, loaded.head, dtype);
  await makeFolder(out, async (temporary) => {
    await writeWhole(joinPath(temporary, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    const tensors = model.namedParameters().map(([name, parameter]): WritableTensor => {
      const { shape } = parameter;
      if (dtype === 'float32') return { name, dtype: 'F32', shape, data: () => parameter.read().slice() };
      return { name, dtype: 'BF16', shape, data: () => toBfloat16(parameter.read()) };
    });
    await writeSafetensors(joinPath(temporary, 'model.safetensors'), tensors, { format: 'pt' });
    await copyCompanions(loaded.folder, temporary);
  });
}

/** What a config.json says about the head. */
const HEAD_FIELDS = ['architectures', 'num_labels', 'id2label', 'label2id', 'problem_type'];

/**
 * The config.json of a model with this head, as HF transformers would save it.
 * @param dtype of its weights, by PyTorch's name
 * @throws UnmaskError when the head is none of the family's
 */
export function checkpointConfig(config: LoadedModel['config'], head: Head, dtype: string): Record<string, unknown> {
  return {
    ...Object.fromEntries(Object.entries(config).filter(([name]) => !HEAD_FIELDS.includes(name))),
    architectures: [familyOf(config).architecture(head.kind)],
    ...('torch_dtype' in config ? { torch_dtype: dtype } : {}), // what `dtype` was called before transformers 4.56
    dtype,
    ...labelFields(config, head),
  };
}

/** What transformers calls the tasks of sequence heads; it picks the loss by it. */
const PROBLEM_TYPES: Readonly<Partial<Record<HeadKind, string>>> = { classification: 'single_label_classification', regression: 'regression' };

/** What a head that gives classes or a score says about them. */
function labelFields({ id2label }: LoadedModel['config'], head: Head): Record<string, unknown> {
  if (head.kind === 'masked-lm' || head.kind === 'causal-lm' || head.kind === 'hidden-states') return {};
  const names = classFields(classNames(id2label, 'labels' in head ? head.labels : 1));
  const problem = PROBLEM_TYPES[head.kind];
  return problem === undefined ? names : { ...names, problem_type: problem };
}

/** The names that the classes have, if there are as many; else their number. */
function classNames(id2label: unknown, count: number): readonly string[] | number {
  const names = Object.values((id2label ?? {}) as Readonly<Record<string, string>>); // in the order of their numbers
  return new Set(names).size === count && names.length === count ? names : count;
}
