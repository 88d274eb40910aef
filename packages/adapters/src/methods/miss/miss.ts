import { add, dropout, type Layer, linear, type Linear, matMul, multiply, Parameter, type Random, record, reshape, tf, UnmaskError } from '@unmask/tensor-core';
import { uniform } from '../lora/initial.js';
import { WeightUpdate } from '../lora/weight-update.js';
import { LayerAdapter } from '../../method.js';
import { WeightDelta } from '../../parts/weight-delta.js';
import type { MissConfig } from './config.js';

/**
 * y = W·x + b + Dᵀ·z, where z [r] sums every r-th input, z_j = Σᵢ dropout(x)_{i·r + j}, and D [r, out] trains, or [r, mini_r] for
 * outputs that repeat (Kang and Yin 2024; HF PEFT tuners/miss/layer.py).
 */
export class MissLinear extends LayerAdapter {
  /** D */
  readonly miss_block: Parameter;
  readonly #layer: Linear;
  readonly #dropout: number;

  /** @throws UnmaskError for a rank, or a mini_r, that the layer's sizes do not allow */
  constructor(layer: Linear, { r, mini_r, miss_dropout, init_weights }: MissConfig, random: Random) {
    super();
    const { inFeatures, outFeatures } = layer;
    if (r > inFeatures) throw new UnmaskError(`r is ${r}, but a layer has ${inFeatures} inputs: choose at most that many`, { code: 'bad-data' });
    if (init_weights === 'mini' && outFeatures % mini_r !== 0) throw new UnmaskError(`mini_r is ${mini_r}, which does not divide the ${outFeatures} outputs of a layer: choose a divisor`, { code: 'bad-data' });
    const columns = init_weights === 'mini' ? mini_r : outFeatures;
    this.miss_block = new Parameter([r, columns], init_weights === false ? () => uniform(r * columns, 1 / Math.sqrt(columns), random) : undefined);
    this.#layer = layer;
    this.#dropout = miss_dropout;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const [rank] = this.miss_block.shape;
    const summed = sumBlocks(dropout(x, this.#dropout, random), rank); // […, r]
    return add(own(x), linear(summed, this.#block(), undefined, { transposed: true }));
  }

  /** W ← W + Dᵀ next to itself as often as it takes. */
  override mergeInto(layer: Layer, original: ReadonlyMap<Parameter, Float32Array>): void {
    const { inFeatures } = this.#layer;
    const [rank] = this.miss_block.shape;
    const product = () => tf.slice2d(tf.tile(tf.transpose(this.#block()), [1, Math.ceil(inFeatures / rank)]) as tf.Tensor2D, [0, 0], [-1, inFeatures]);
    new WeightUpdate(layer as Linear, product).mergeInto(layer as Linear, original);
  }

  /** D of all outputs, [r, out]. */
  #block(): tf.Tensor {
    const [rank, columns] = this.miss_block.shape;
    const { outFeatures } = this.#layer;
    return reshape(multiply(reshape(this.miss_block, [rank, 1, columns]), tf.ones([1, outFeatures / columns, 1])), [rank, outFeatures]);
  }
}

/** x […, in] → […, r], with zeros after the last of the inputs where r does not divide them */
function sumBlocks(x: tf.Tensor, rank: number): tf.Tensor {
  const { shape } = x;
  const size = shape.at(-1)!;
  const blocks = Math.ceil(size / rank);
  const summed = tf.tidy(() => {
    const flat = tf.pad(tf.reshape(x, [-1, size]), [[0, 0], [0, blocks * rank - size]]);
    return tf.reshape(tf.sum(tf.reshape(flat, [-1, blocks, rank]), 1), [...shape.slice(0, -1), rank]);
  });
  return record(summed, [x], [], (dy) => [tf.reshape(tf.slice(tf.tile(tf.reshape(dy, [-1, rank]), [1, blocks]), [0, 0], [-1, size]), shape)]);
}

/**
 * The form `bat`: ΔW = W·D + D for each r×r block of W, with a D for each row of blocks. D [out/r, r, r]
 */
export class BatLinear extends WeightDelta {
  readonly miss_block: Parameter;
  readonly #layer: Linear;

  /** @throws UnmaskError for a rank that does not divide the layer's sizes */
  constructor(layer: Linear, { r }: MissConfig) {
    super();
    const { inFeatures, outFeatures } = layer;
    if (inFeatures % r !== 0 || outFeatures % r !== 0) throw new UnmaskError(`init_weights "bat" takes an r that divides ${inFeatures} inputs and ${outFeatures} outputs, not ${r}`, { code: 'bad-data' });
    this.miss_block = new Parameter([outFeatures / r, r, r]);
    this.#layer = layer;
  }

  protected override delta(): tf.Tensor {
    const { weight, transposed, inFeatures, outFeatures } = this.#layer;
    const [rows, r] = this.miss_block.shape;
    const base = transposed ? tf.transpose(weight.tensor) : weight.tensor;
    const product = matMul(tf.reshape(base, [rows, inFeatures, r]), this.miss_block); // [out/r, r·(in/r), r]
    const sum = add(reshape(product, [rows, r, inFeatures / r, r]), reshape(this.miss_block, [rows, r, 1, r]));
    return reshape(sum, [outFeatures, inFeatures]);
  }
}
