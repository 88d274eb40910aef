import { type Parameter, Random, UnmaskError } from '@unmask/tensor-core';
import { FullLayer } from '../parts/full-layer.js';
import type { LoraConfig } from '../methods/lora/config.js';
import { LoraEmbedding } from '../methods/lora/embedding.js';
import { type LoraFactors, LoraLinear } from '../methods/lora/linear.js';
import type { Adapter } from './adapter.js';
import type { PeftModel } from './peft-model.js';

/** What {@link addWeightedAdapter} makes. */
export interface WeightedAdapters {
  /** Name of the new adapter. */
  readonly name: string;
  /** Names of LoRA adapters of the model. */
  readonly adapters: readonly string[];
  /** A weight for each; negative ones subtract. */
  readonly weights: readonly number[];
  /**
   * `cat` stacks the factors, which gives Σ wᵢ·ΔWᵢ exactly, at the sum of their ranks. `linear` sums A and B, each by the root of
   * wᵢ·sᵢ: a rough approximation at the rank that all of them share.
   */
  readonly combination: 'cat' | 'linear';
}

/**
 * Adds a LoRA adapter that combines others (HF PEFT tuners/lora/model.py, add_weighted_adapter) and makes it the only active
 * one. Its scale is 1; layers that an adapter does not have count as no update of it.
 * @throws UnmaskError for adapters that are unknown, no plain LoRA, of different ranks under `linear`, or that train a module in full at once
 */
export function addWeightedAdapter(model: PeftModel, { name, adapters: names, weights, combination }: WeightedAdapters): Adapter {
  if (names.length === 0 || names.length !== weights.length) throw new UnmaskError(`${names.length} adapters and ${weights.length} weights are given: give a weight for each of at least one`);
  const sources = names.map((each) => plainLora(model, each));
  const ranks = sources.map(({ config: { r, rank_pattern } }) => Math.max(r, ...Object.values(rank_pattern)));
  if (combination === 'linear' && new Set(ranks).size > 1) throw new UnmaskError(`adapters of ranks ${ranks.join(', ')} do not add up: use combination "cat"`);
  const full = sources.flatMap(({ layers }) => [...layers].filter(([, layer]) => layer instanceof FullLayer));
  const twice = full.find(([path], index) => full.findIndex(([other]) => other === path) < index);
  if (twice) throw new UnmaskError(`more than one of the adapters trains "${twice[0]}" in full, and such modules do not combine`, { code: 'unsupported' });

  const rank = combination === 'cat' ? ranks.reduce((sum, each) => sum + each, 0) : ranks[0];
  const paths = new Set(sources.flatMap(({ layers }) => [...layers].flatMap(([path, layer]) => (factorsOf(layer) ? [path] : []))));
  const patterns = { rank_pattern: {}, alpha_pattern: {}, use_rslora: false };
  const targets = { target_modules: [...paths], exclude_modules: null, layers_to_transform: null, layers_pattern: null };
  const combined = model.addAdapter(name, { ...sources[0].config, ...targets, ...patterns, r: rank, lora_alpha: rank, init_lora_weights: true }, new Random(0));
  for (const path of paths) {
    combine(factorsOf(combined.layers.get(path))!, sources.map(({ layers }) => factorsOf(layers.get(path))), weights, combination);
  }
  for (const [path, layer] of full) copy(layer.parameters(), combined.layers.get(path)?.parameters() ?? []);
  return combined;
}

/** An adapter with LoRA's configuration. */
function plainLora(model: PeftModel, name: string): Adapter & { readonly config: LoraConfig } {
  const adapter = model.adapters.get(name);
  if (!adapter) throw new UnmaskError(`there is no adapter "${name}" to combine; there are ${[...model.adapters.keys()].join(', ')}`, { code: 'not-found' });
  const config = adapter.config as LoraConfig;
  const plain = config.peft_type === 'LORA' && !config.use_dora && !config.lora_bias && config.bias === 'none' && !adapter.shared;
  if (!plain) throw new UnmaskError(`the adapter "${name}" is no plain LoRA adapter: those of other methods, with DoRA, with biases or with a start that changed base weights do not combine (such a start is no matter once the adapter is saved and loaded)`, { code: 'unsupported' });
  return { ...adapter, config };
}

/** The factors of what LoRA puts around a layer; undefined for the layers of other methods. */
export const factorsOf = (layer: unknown): LoraFactors | undefined => (layer instanceof LoraLinear || layer instanceof LoraEmbedding ? layer.factors : undefined);

/** Writes the combination of one layer's factors. */
function combine({ a: targetA, b: targetB }: LoraFactors, sources: readonly (LoraFactors | undefined)[], weights: readonly number[], combination: WeightedAdapters['combination']): void {
  const [rank, inFeatures] = targetA.shape;
  const outFeatures = targetB.shape[0];
  const [sumA, sumB] = [new Float32Array(rank * inFeatures), new Float32Array(outFeatures * rank)];
  let first = 0; // row of A and column of B where a source begins
  sources.forEach((source, index) => {
    if (!source) return;
    const scaled = weights[index] * source.scale;
    const root = Math.sqrt(Math.abs(scaled));
    const [factorA, factorB] = combination === 'cat' ? [scaled, 1] : [Math.sign(scaled) * root, root];
    const ownRank = source.a.shape[0];
    source.a.read().forEach((value, entry) => (sumA[first * inFeatures + entry] += factorA * value));
    source.b.read().forEach((value, entry) => (sumB[Math.floor(entry / ownRank) * rank + first + (entry % ownRank)] += factorB * value));
    if (combination === 'cat') first += ownRank;
  });
  targetA.modify((values) => values.set(sumA));
  targetB.modify((values) => values.set(sumB));
}

function copy(from: readonly Parameter[], to: readonly Parameter[]): void {
  to.forEach((parameter, index) => parameter.modify((values) => values.set(from[index].read())));
}
