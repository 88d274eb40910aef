import { Random, UnmaskError } from '@unmask/tensor-core';
import type { HubOptions } from '../hub.js';
import { loadPretrained, type Pretrained } from '../pretrained.js';
import { type GenerationDefaults, readGenerationDefaults } from './defaults.js';

/** A decoder with its language-model head and all that generating text takes. */
export interface LanguageModel extends Pick<Pretrained, 'model' | 'tokenizer' | 'config'> {
  readonly generation: GenerationDefaults;
}

/**
 * Loads a decoder to generate text with.
 * @param source a folder in Hugging Face layout, or a hub id
 * @throws UnmaskError for anything missing or malformed, by name, also when the model is no decoder or has no trained head
 */
export async function loadLanguageModel(source: string, options: HubOptions = {}): Promise<LanguageModel> {
  const { model, tokenizer, newParameters, folder, config } = await loadPretrained(source, { ...options, head: { kind: 'causal-lm' }, random: new Random(0) });
  try {
    if (newParameters.length > 0) throw new UnmaskError(`${folder} was saved without a language-model head (${newParameters.join(', ')}): choose a checkpoint that has one`, { code: 'bad-file' });
    return { model, tokenizer, config, generation: await readGenerationDefaults(folder, config) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
