import { dropTokens, type Embedding, Parameter, prependTokens, type Random, tf, UnmaskError } from '@unmask/tensor-core';
import { layerAt, layoutOf } from '../layout.js';
import { configFor, defineAdapter, LayerAdapter } from '../method.js';
import { before, FILE_PREFIX, maskedBefore, PromptEmbeddings } from '../virtual-tokens.js';
import { parsePromptTuningConfig, type PromptTuningConfig } from './config.js';

export type { PromptTuningConfig } from './config.js';

/** Around the table of word vectors: puts the prompt in the place of the first columns. */
class PromptedWords extends LayerAdapter {
  /** Whether the running pass has columns for the prompt. */
  acting = false;
  /** [P, e] */
  readonly #prompt: Parameter;

  constructor(prompt: Parameter) {
    super();
    this.#prompt = prompt;
  }

  /** int32 ids [B, P + T] → [B, P + T, e] */
  override forward(ids: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    if (!this.acting) return own(ids);
    return prependTokens(this.#prompt, own(tf.slice(ids, [0, this.#prompt.shape[0]])));
  }
}

/** Trained word vectors before those of the text (Lester et al. 2021; HF PEFT tuners/prompt_tuning and peft_model.py). */
export const promptTuning = defineAdapter<PromptTuningConfig>({
  type: 'PROMPT_TUNING',
  summary: 'trained word vectors before those of the text',
  prefix: 'prompt_embeddings',
  filePrefix: FILE_PREFIX,
  parse: parsePromptTuningConfig,
  attach: (base, config, random) => {
    const [path, words] = layerAt(base.model, layoutOf(base).words);
    const count = config.num_virtual_tokens;
    const prompt = freshPrompt((words as Embedding).weight, config, random);
    const prompted = new PromptedWords(prompt);
    return {
      layers: new Map([[path, prompted]]),
      shared: new PromptEmbeddings(prompt),
      around: (inputs, options, own) =>
        tf.tidy(() => {
          const masked = maskedBefore(inputs, count);
          if (options.cache && options.cache.length > 0) return own(masked, options); // the prompt is among what is cached
          prompted.acting = true;
          try {
            const logits = own({ ...masked, inputIds: before(inputs.inputIds, count, 0), tokenTypeIds: before(inputs.tokenTypeIds, count, 0) }, options);
            return logits.rank === 3 && !options.lastOnly ? dropTokens(logits, count) : logits; // [B, P + T, C] → [B, T, C]
          } finally {
            prompted.acting = false;
          }
        }),
    };
  },
});

/** A configuration of prompt tuning; what is left out has its default. */
export const promptTuningConfig = configFor(promptTuning);

/** @param words [V, e] @returns [P, e] */
function freshPrompt(words: Parameter, { num_virtual_tokens: count, token_dim: given, prompt_tuning_init: init, inference_mode: loaded }: PromptTuningConfig, random: Random): Parameter {
  const [vocabulary, size] = words.shape;
  if (given !== null && given !== size) throw new UnmaskError(`token_dim is ${given}, but the model's word vectors have ${size} entries: leave it out`, { code: 'bad-data' });
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
