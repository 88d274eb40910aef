import { configOf, type TransformerModel } from '@unmask/models';
import { Module, type Random, UnmaskError } from '@unmask/tensor-core';
import type { CalibrationBatch } from './calibration.js';
import type { BaseModel } from '../method.js';
import type { AdapterConfigInput } from '../methods/index.js';
import { DEFAULT_ADAPTER, PeftModel } from './peft-model.js';

/** Options of {@link getPeftModel}. */
export interface PeftOptions {
  /** Where fresh values come from; of a fixed seed when left out. */
  readonly random?: Random;
  /** The adapter's name; `default` when left out. */
  readonly name?: string;
  /** Batches of data that some ways to start look at, as LoRA's `eva`, `corda` and `lora_ga`. */
  readonly calibration?: readonly CalibrationBatch[];
}

/**
 * Puts an adapter into a model (HF PEFT's get_peft_model). The base model belongs to the result from now on.
 * @param base what loadPretrained or loadModel gave, or the model in it
 * @param config the method's fields, with `peft_type`, e.g. from `loraConfig({ r: 8 })`; of fields that nobody has checked
 *   `adapterConfig` makes one
 * @throws UnmaskError for a bad configuration; the base model is then as it was
 */
export function getPeftModel(base: BaseModel | TransformerModel, config: AdapterConfigInput, { random, name = DEFAULT_ADAPTER, calibration }: PeftOptions = {}): PeftModel {
  const model = new PeftModel(baseOf(base));
  try {
    model.addAdapter(name, config, random, calibration);
    return model;
  } catch (error) {
    model.unload();
    throw error;
  }
}

/** The model that was meant, with its config.json. @throws UnmaskError that says what is wanted */
export function baseOf(base: BaseModel | TransformerModel): BaseModel {
  if (base instanceof PeftModel) throw new UnmaskError('this model has adapters already: add another one with its addAdapter(name, config)');
  if (base instanceof Module) {
    const config = configOf(base);
    if (config) return { model: base, config };
  } else if (typeof base === 'object' && (base as BaseModel | null)?.model instanceof Module && typeof base.config === 'object') {
    return base;
  }
  throw new UnmaskError('a model is wanted to put an adapter into: give what loadPretrained or loadModel gave, or the model in it');
}
