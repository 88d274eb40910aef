import { Parameter, type Random, UnmaskError } from '@unmask/tensor-core';
import { configFor, defineAdapter } from '../../method.js';
import { FILE_PREFIX, PromptEmbeddings, prompted, wordsOf } from '../../parts/virtual-tokens.js';
import { parsePromptTuningConfig, type PromptTuningConfig } from './config.js';

export type { PromptTuningConfig } from './config.js';

/** Trained word vectors before those of the text (Lester et al. 2021; HF PEFT tuners/prompt_tuning and peft_model.py). */
export const promptTuning = defineAdapter<PromptTuningConfig>({
  type: 'PROMPT_TUNING',
  summary: 'trained word vectors before those of the text',
  prefix: 'prompt_embeddings',
  filePrefix: FILE_PREFIX,
  parse: parsePromptTuningConfig,
  attach: (base, config, random) => {
    const prompt = freshPrompt(wordsOf(base, config), config, random);
    return { ...prompted(base, config.num_virtual_tokens, () => prompt), shared: new PromptEmbeddings(prompt) };
  },
});

/** A configuration of prompt tuning; what is left out has its default. */
export const promptTuningConfig = configFor(promptTuning);

/** @param words [V, e] @returns [P, e] */
function freshPrompt(words: Parameter, { num_virtual_tokens: count, prompt_tuning_init: init, inference_mode: loaded }: PromptTuningConfig, random: Random): Parameter {
  const [vocabulary, size] = words.shape;
  if (init === 'TEXT' && !loaded) throw new UnmaskError('prompt_tuning_init TEXT is not supported for a fresh prompt: choose RANDOM or SAMPLE_VOCAB', { code: 'unsupported' });
  const prompt = new Parameter([count, size]);
  const table = words.read();
  prompt.modify((values) => {
    if (init !== 'SAMPLE_VOCAB') values.forEach((_, index) => (values[index] = random.normal()));
    else for (let token = 0; token < count; token++) values.set(table.subarray(...rowAt(Math.floor(random.uniform() * vocabulary), size)), token * size);
  });
  return prompt;
}

const rowAt = (row: number, size: number): [from: number, to: number] => [row * size, (row + 1) * size];
