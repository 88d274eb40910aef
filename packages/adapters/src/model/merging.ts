import { Embedding, type Layer, type Parameter, UnmaskError } from '@unmask/tensor-core';
import type { PeftConfig } from '../config.js';
import type { Adapter } from './adapter.js';

/**
 * Writes what adapters compute into the parameters of their layers.
 * @returns the values that it changed, as they were
 * @throws UnmaskError for a method, or a layer, that no parameters of the base can stand for; nothing has changed then
 */
export function mergeAdapters(adapters: readonly Adapter[], layers: ReadonlyMap<string, Layer>): Map<Parameter, Float32Array> {
  const parts = adapters.flatMap(({ config, layers: own, around }) => {
    if (around) throw cannotMerge(config);
    return [...own].map(([path, adapter]) => ({ config, layer: layers.get(path)!, adapter }));
  });
  for (const { config, adapter } of parts) if (!adapter.mergeInto) throw cannotMerge(config);
  const tied = parts.find(({ layer, adapter }) => !adapter.reachesTied && adapter.parameters().some(({ shape }) => shape.length > 1) && sharesWeight(layer, layers));
  if (tied) throw cannotMerge(tied.config, `it changes words that the ${tied.layer instanceof Embedding ? 'head' : 'model'} reads too`);
  const original = new Map(parts.flatMap(({ layer }) => layer.parameters()).map((parameter) => [parameter, parameter.read().slice()]));
  try {
    for (const { layer, adapter } of parts) adapter.mergeInto!(layer, original);
    return original;
  } catch (error) {
    putBack(original);
    throw error;
  }
}

/** Gives parameters their values back. */
export function putBack(original: ReadonlyMap<Parameter, Float32Array>): void {
  for (const [parameter, values] of original) parameter.modify((target) => target.set(values));
}

/** Whether another layer has the weight of this one, as a head with tied words does. */
function sharesWeight(layer: Layer, layers: ReadonlyMap<string, Layer>): boolean {
  const weights = layer.parameters().filter(({ shape }) => shape.length > 1);
  return [...layers.values()].some((other) => other !== layer && other.parameters().some((parameter) => weights.includes(parameter)));
}

const cannotMerge = ({ peft_type }: PeftConfig, reason = 'the base model has no parameters that compute what it does') => new UnmaskError(`a ${peft_type} adapter cannot be merged: ${reason}`, { code: 'unsupported' });
