import { Parameter, tf, UnmaskError } from '@unmask/tensor-core';
import { configFor, defineAdapter } from '../../method.js';
import { FILE_PREFIX, PromptEmbeddings, prompted, wordsOf } from '../../parts/virtual-tokens.js';
import { parsePTuningConfig, type PTuningConfig } from './config.js';
import { PromptEncoder } from './prompt-encoder.js';

export type { PTuningConfig } from './config.js';

/** Word vectors before those of the text, made by a network that trains (Liu et al. 2021; HF PEFT tuners/p_tuning). */
export const pTuning = defineAdapter<PTuningConfig>({
  type: 'P_TUNING',
  summary: 'word vectors before those of the text, made by a network that trains',
  prefix: 'prompt_embeddings',
  filePrefix: FILE_PREFIX,
  parse: parsePTuningConfig,
  attach: (base, config, random) => {
    const [, size] = wordsOf(base, config).shape;
    const { num_virtual_tokens: count, encoder_hidden_size: hidden, inference_mode: finished } = config;
    if (finished) {
      const prompt = new Parameter([count, size]);
      return { ...prompted(base, count, () => prompt), shared: new PromptEmbeddings(prompt) };
    }
    if (config.encoder_reparameterization_type === 'LSTM') {
      throw new UnmaskError('encoder_reparameterization_type LSTM is supported in finished adapters alone: choose MLP', { code: 'unsupported' });
    }
    const encoder = new PromptEncoder(count, size, hidden ?? size, random);
    return {
      ...prompted(base, count, () => encoder.forward()),
      shared: encoder,
      export: () => {
        const values = tf.tidy(() => encoder.forward().dataSync<'float32'>().slice());
        const left = encoder.parameters().map((parameter): [Parameter, undefined] => [parameter, undefined]);
        return { config: {}, tensors: new Map<Parameter, { shape: readonly number[]; values: Float32Array } | undefined>([...left, [encoder.prompt_embeddings, { shape: [count, size], values }]]) };
      },
    };
  },
});

/** A configuration of P-tuning; what is left out has its default. */
export const pTuningConfig = configFor(pTuning);
