import type { TokenInputs } from '@unmask/models';
import { dropTokens, type Embedding, Module, type Parameter, prependTokens, tf, UnmaskError, type Value } from '@unmask/tensor-core';
import type { ConfigFields, PeftConfig } from '../config.js';
import { layerAt, layoutOf } from '../layout.js';
import { type Attachment, type BaseModel, LayerAdapter } from '../method.js';

/** What HF PEFT's files have before the names of layers beside virtual tokens, which it puts around the model, not into it. */
export const FILE_PREFIX = 'base_model.';

/** Fields of the methods that put trained tokens before those of the text (HF PEFT config.py, PromptLearningConfig). */
export interface VirtualTokensConfig extends PeftConfig {
  /** How many trained tokens there are, P. */
  readonly num_virtual_tokens: number;
  /** What HF PEFT notes of the model; the model itself says it here. */
  readonly token_dim: number | null;
  readonly num_transformer_submodules: number | null;
  readonly num_attention_heads: number | null;
  readonly num_layers: number | null;
}

/** Reads these fields. @throws UnmaskError naming one that is missing or out of range */
export function virtualTokens(fields: ConfigFields): Omit<VirtualTokensConfig, keyof PeftConfig> {
  return {
    num_virtual_tokens: fields.integer('num_virtual_tokens', NaN, 1),
    token_dim: fields.optionalInteger('token_dim', 1),
    num_transformer_submodules: fields.optionalInteger('num_transformer_submodules', 1),
    num_attention_heads: fields.optionalInteger('num_attention_heads', 1),
    num_layers: fields.optionalInteger('num_layers', 1),
  };
}

/** The trained values, under the name that they have in HF PEFT's files. */
export class PromptEmbeddings extends Module {
  readonly prompt_embeddings: Parameter;

  constructor(values: Parameter) {
    super();
    this.prompt_embeddings = values;
  }
}

/** Inputs whose mask covers `count` places before the tokens. The mask is a new tensor. */
export const maskedBefore = (inputs: TokenInputs, count: number): TokenInputs => ({
  ...inputs,
  attentionMask: before(inputs.attentionMask, count, 1),
});

/** [B, T] → [B, count + T], with `value` in the new columns */
const before = (x: tf.Tensor, count: number, value: number): tf.Tensor => tf.pad(x, [[0, 0], [count, 0]], value);

/** Around the table of word vectors: puts the prompt in the place of the first columns. */
class PromptedWords extends LayerAdapter {
  /** Whether the running pass has columns for the prompt. */
  acting = false;
  readonly #count: number;
  readonly #prompt: () => Value;

  constructor(count: number, prompt: () => Value) {
    super();
    this.#count = count;
    this.#prompt = prompt;
  }

  /** int32 ids [B, P + T] → [B, P + T, e] */
  override forward(ids: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    if (!this.acting) return own(ids);
    return prependTokens(this.#prompt(), own(tf.slice(ids, [0, this.#count])));
  }
}

/**
 * Puts word vectors before those of the text.
 * @param count P
 * @param prompt the vectors, [P, e]; it runs once in each pass
 */
export function prompted(base: BaseModel, count: number, prompt: () => Value): Pick<Attachment, 'layers' | 'around'> {
  const [path] = layerAt(base.model, layoutOf(base).words);
  const words = new PromptedWords(count, prompt);
  return {
    layers: new Map([[path, words]]),
    around: (inputs, options, own) =>
      tf.tidy(() => {
        const masked = maskedBefore(inputs, count);
        if (options.cache && options.cache.length > 0) return own(masked, options); // the prompt is among what is cached
        words.acting = true;
        try {
          const logits = own({ ...masked, inputIds: before(inputs.inputIds, count, 0), tokenTypeIds: before(inputs.tokenTypeIds, count, 0) }, options);
          return logits.rank === 3 && !options.lastOnly ? dropTokens(logits, count) : logits; // [B, P + T, C] → [B, T, C]
        } finally {
          words.acting = false;
        }
      }),
  };
}

/** The table of word vectors. @throws UnmaskError when the configuration says that they have another size */
export function wordsOf(base: BaseModel, { token_dim: given }: VirtualTokensConfig): Parameter {
  const { weight } = layerAt(base.model, layoutOf(base).words)[1] as Embedding;
  const size = weight.shape[1];
  if (given !== null && given !== size) throw new UnmaskError(`token_dim is ${given}, but the model's word vectors have ${size} entries: leave it out`, { code: 'bad-data' });
  return weight;
}
