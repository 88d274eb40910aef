import { factorsOf, getPeftModel, type PeftModel } from '@unmask/adapters';
import { familyOf, type TransformerModel } from '@unmask/models';
import { Embedding, Layer, Linear, type Matrix, type Parameter, Random, truncatedSvd, UnmaskError } from '@unmask/tensor-core';
import type { ExportedModel } from '../exported-model.js';

/** How much of what training changed in one parameter an adapter keeps. */
export interface KeptEnergy {
  /** The parameter's name. */
  readonly name: string;
  /** ‖ΔW‖², the sum of the squared differences. */
  readonly energy: number;
  /** The share of it that is in the adapter: Σₖ σₖ² of those that are kept, over `energy`; 1 where it is kept in full, 0 where it is left out. */
  readonly kept: number;
}

/** What {@link lowRankAdapter} makes. */
export interface LowRankAdapter {
  /** The base model with the adapter around it. */
  readonly model: PeftModel;
  /** Of each parameter that training changed. */
  readonly energies: readonly KeptEnergy[];
}

/** Passes over each matrix: enough for three digits where singular values fall slowly. */
const ITERATIONS = 6;

/**
 * The LoRA adapter of rank r that is nearest to what training changed, whatever the method was: of each linear layer and table of
 * vectors the r greatest singular values of the difference (Eckart and Young 1936). Layers of the head are kept in full; biases and
 * norms have no place in LoRA and are left out.
 * @param base what was trained, with a head of the same kind; it becomes part of the result
 * @param trained the same model after training
 * @param options.baseName what the adapter's file calls the base model: a hub id or a folder
 * @throws UnmaskError when the two are not of the same shapes, or nothing was changed that LoRA can hold
 */
export function lowRankAdapter(base: ExportedModel, trained: TransformerModel, { rank, baseName = base.folder }: { readonly rank: number; readonly baseName?: string }): LowRankAdapter {
  const differences = changes(base.model, trained);
  const layers = base.model.namedModules().filter((entry): entry is [string, Layer] => entry[1] instanceof Layer);
  const prefix = `${familyOf(base.config).baseModelPrefix}.`;
  const weights = layers.flatMap(([path, layer]) => {
    const difference = differences.get(`${path}.weight`);
    return difference && path.startsWith(prefix) && (layer instanceof Linear || layer instanceof Embedding) ? [{ path, matrix: matrixOf(layer, difference) }] : [];
  });
  const full = layers.flatMap(([path]) => (!path.startsWith(prefix) && [...differences.keys()].some((name) => name.startsWith(`${path}.`)) ? [path] : []));
  if (weights.length === 0) throw new UnmaskError('LoRA: no linear layer or table differs from the base model: is it the model that was trained?');
  const ranks = Object.fromEntries(weights.map(({ path, matrix: { rows, columns } }) => [path, Math.min(rank, rows, columns)]));
  const smaller = Object.entries(ranks).filter(([, own]) => own < rank);
  const model = getPeftModel(base, {
    peft_type: 'LORA',
    base_model_name_or_path: baseName,
    r: rank,
    lora_alpha: rank,
    target_modules: weights.map(({ path }) => path),
    rank_pattern: Object.fromEntries(smaller),
    alpha_pattern: Object.fromEntries(smaller),
    ...(full.length > 0 ? { modules_to_save: full } : {}),
  });
  const adapted = model.adapters.get('default')!.layers;
  const kept = new Map<string, number>();
  for (const { path, matrix } of weights) kept.set(`${path}.weight`, fill(adapted.get(path), matrix, ranks[path]));
  for (const path of full) {
    for (const [name, parameter] of adapted.get(path)!.namedParameters()) {
      parameter.modify((values) => values.set(trained.namedParameters().find(([own]) => own === `${path}.${name}`)![1].read()));
      kept.set(`${path}.${name}`, 1);
    }
  }
  const energies = [...differences].map(([name, values]) => ({ name, energy: energyOf(values), kept: kept.get(name) ?? 0 }));
  return { model, energies };
}

/** What each parameter is more in the second model, where that is anything. @throws UnmaskError for other parameters */
function changes(before: TransformerModel, after: TransformerModel): Map<string, Float32Array> {
  const known = new Map<string, Parameter>(before.namedParameters());
  return new Map(
    after.namedParameters().flatMap(([name, parameter]): [string, Float32Array][] => {
      const own = known.get(name);
      if (own?.shape.join() !== parameter.shape.join()) throw new UnmaskError(`LoRA: ${name} is [${parameter.shape.join(', ')}] in the trained model and ${own ? `[${own.shape.join(', ')}]` : 'nowhere'} in the base model: give what was trained as the base`);
      const start = own.read().slice();
      const difference = parameter.read().map((value, index) => value - start[index]);
      return difference.some((value) => value !== 0) ? [[name, difference]] : [];
    }),
  );
}

/** The difference as the product B·A stands for it: [out, in]; of a table [h, V]. */
function matrixOf(layer: Linear | Embedding, values: Float32Array): Matrix {
  const [rows, columns] = layer.weight.shape as [number, number];
  if (layer instanceof Linear && !layer.transposed) return { rows, columns, values };
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column];
  return { rows: columns, columns: rows, values: turned };
}

/** Writes A = √Σ·Vᵀ and B = U·√Σ. @returns the share of the energy that they keep */
function fill(layer: unknown, matrix: Matrix, rank: number): number {
  const { a, b } = factorsOf(layer)!;
  const { values, left, right } = truncatedSvd(matrix, rank, { random: new Random(1), iterations: ITERATIONS });
  a.modify((target) => right.forEach((vector, k) => vector.forEach((value, column) => (target[k * matrix.columns + column] = Math.sqrt(values[k]) * value))));
  b.modify((target) => left.forEach((vector, k) => vector.forEach((value, row) => (target[row * rank + k] = Math.sqrt(values[k]) * value))));
  return Math.min(1, energyOf(values) / energyOf(matrix.values));
}

const energyOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
};
