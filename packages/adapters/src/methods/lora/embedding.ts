import { add, embedding, type Embedding, linear, multiply, Parameter, type Random, tf, transpose, UnmaskError } from '@unmask/tensor-core';
import { LayerAdapter } from '../../method.js';
import { normal } from './initial.js';
import { type LoraFactors, type LoraOptions, startingMagnitude } from './linear.js';
import { WeightUpdate } from './weight-update.js';

/**
 * LoRA of an embedding: y = W[ids] + s·(B·A)ᵀ[ids], with A [r, count] and B [size, r]; with DoRA y = c ⊙ (W + s·(B·A)ᵀ)[ids]
 * for c = m / ‖W + s·(B·A)ᵀ‖, a norm for each of the size columns. It knows no dropout (HF PEFT tuners/lora/layer.py, Embedding).
 */
export class LoraEmbedding extends LayerAdapter {
  readonly lora_embedding_A: Parameter;
  readonly lora_embedding_B: Parameter;
  /** DoRA's magnitudes m, [size]. */
  readonly lora_magnitude_vector: Parameter | undefined;
  readonly #scale: number;
  readonly #update: WeightUpdate;

  /** @throws UnmaskError for a bias of B, which ids know nothing of */
  constructor(layer: Embedding, { rank, scale, init, dora, bias }: LoraOptions, random: Random) {
    super();
    if (bias) throw new UnmaskError('lora_bias is not for embeddings: leave them out of target_modules', { code: 'unsupported' });
    const [count, size] = layer.weight.shape;
    // The other way round than in a linear layer: A starts at zero, B does not.
    this.lora_embedding_A = new Parameter([rank, count], init === false ? () => normal(rank * count, random.fork('A')) : undefined);
    this.lora_embedding_B = new Parameter([size, rank], () => normal(size * rank, random.fork('B')));
    this.#scale = scale;
    this.#update = new WeightUpdate(layer, () => tf.mul(tf.matMul(this.lora_embedding_B.tensor as tf.Tensor2D, this.lora_embedding_A.tensor as tf.Tensor2D), scale));
    this.lora_magnitude_vector = dora ? startingMagnitude(this.#update, size) : undefined;
  }

  override forward(ids: tf.Tensor, own: (ids: tf.Tensor) => tf.Tensor): tf.Tensor {
    const low = embedding(ids, transpose(this.lora_embedding_A)); // […, r]
    const update = multiply(linear(low, this.lora_embedding_B), tf.scalar(this.#scale)); // […, size]
    const sum = add(own(ids), update);
    return this.lora_magnitude_vector ? multiply(sum, this.#update.factor(this.lora_magnitude_vector)) : sum;
  }

  /** What weighted combinations are made of. */
  get factors(): LoraFactors {
    return { a: this.lora_embedding_A, b: this.lora_embedding_B, scale: this.#scale };
  }

  /** W ← W + s·(B·A)ᵀ, or DoRA's */
  override mergeInto(layer: Embedding, original: ReadonlyMap<Parameter, Float32Array>): void {
    this.#update.mergeInto(layer, original, this.lora_magnitude_vector);
  }
}
