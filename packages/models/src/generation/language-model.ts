import { Random, UnmaskError } from '@unmask/tensor-core';
import type { HubOptions } from '../hub.js';
import { loadPretrained, type Pretrained } from '../pretrained.js';
import { type GenerationDefaults, readGenerationDefaults } from './defaults.js';
import { checkEncoding, tokenLimits } from '../token-limits.js';

/** A decoder with its language-model head and all that generating text takes. */
export interface LanguageModel extends Pick<Pretrained, 'model' | 'tokenizer' | 'config'> {
  readonly generation: GenerationDefaults;
}

/** Checks that a model has a row for each token of a prompt; its length is checked where it is known what is to follow. @throws UnmaskError naming one that it has none for */
export function checkPrompt({ config, tokenizer }: Pick<LanguageModel, 'config' | 'tokenizer'>, ids: readonly number[]): void {
  checkEncoding({ ids, types: [] }, { ...tokenLimits(config), positions: Infinity }, tokenizer);
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
