import { add, type Linear, multiply, Parameter, type Random, reshape, tf, UnmaskError } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { LayerAdapter } from '../../method.js';
import { cayley, dropRotations, inverseOf, multiplyBlocks, permute, skewPart, takeBlocks } from '../../parts/rotations.js';
import type { BoftConfig } from './config.js';

/**
 * y = s ⊙ W·(R·x) + b, where R is a product of block-diagonal rotations, each between a permutation and its inverse, so that few
 * blocks reach all pairs of inputs (Liu et al. 2024; HF PEFT tuners/boft/layer.py). It is the butterfly of a fast Fourier transform.
 */
export class BoftLinear extends LayerAdapter {
  /** [factors, blocks, b, b], of which Cayley's transform takes the skew-symmetric part. */
  readonly boft_R: Parameter;
  /** s, [out, 1] */
  readonly boft_s: Parameter;
  readonly #layer: Linear;
  readonly #dropout: number;
  readonly #orders: readonly Int32Array[];

  /**
   * @param random where rotations and factors come from; they change nothing without it
   * @throws UnmaskError for blocks that the layer's inputs do not make
   */
  constructor(layer: Linear, config: BoftConfig, random: Random | undefined) {
    super();
    const { inFeatures, outFeatures } = layer;
    const factors = config.boft_n_butterfly_factor;
    const size = config.boft_block_size || inFeatures / config.boft_block_num;
    const blocks = inFeatures / size;
    if (!Number.isInteger(size) || !Number.isInteger(blocks)) throw new UnmaskError(`a layer of ${inFeatures} inputs does not make ${config.boft_block_num || `blocks of ${size}`}${config.boft_block_num ? ' blocks' : ''}: choose a divisor`, { code: 'bad-data' });
    if (factors > 1 && (size % 2 !== 0 || blocks % 2 ** (factors - 1) !== 0)) {
      throw new UnmaskError(`boft_n_butterfly_factor ${factors} takes blocks of an even size whose number ${2 ** (factors - 1)} divides, not ${blocks} of ${size}`, { code: 'bad-data' });
    }
    this.boft_R = new Parameter([factors, blocks, size, size], random && (() => normal(factors * inFeatures * size, random.fork('R'), 0.1)));
    this.boft_s = new Parameter([outFeatures, 1], random ? () => normal(outFeatures, random.fork('s'), 0.1).map((each) => each + 1) : 1);
    this.#layer = layer;
    this.#dropout = config.boft_dropout;
    this.#orders = Array.from({ length: factors }, (_, level) => butterfly(inFeatures, factors === 1 ? 1 : size / 2, factors === 1 ? blocks : blocks / 2 ** level));
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const { bias } = this.#layer;
    const factors = reshape(this.boft_s, [this.boft_s.size]);
    const output = own(this.#rotate(x, random));
    if (!bias) return multiply(output, factors);
    return add(multiply(add(output, tf.neg(bias.tensor)), factors), bias.tensor);
  }

  /** W ← s ⊙ W·Rᵀ by rows: the columns of W are turned back. */
  override mergeInto({ weight, transposed, inFeatures }: Linear): void {
    const merged = tf.tidy(() => {
      const rotation = this.#rotate(tf.eye(inFeatures), undefined); // [in, in]: row i is what becomes of the i-th input
      const rows = tf.matMul(transposed ? tf.transpose(weight.tensor as tf.Tensor2D) : (weight.tensor as tf.Tensor2D), rotation, false, true);
      const scaled = tf.mul(rows, this.boft_s.tensor);
      return (transposed ? tf.transpose(scaled) : scaled).dataSync<'float32'>();
    });
    weight.modify((values) => values.set(merged));
  }

  /** x·R, R = P_f·D_f·P_fᵀ·…·P₁·D₁·P₁ᵀ with block-diagonal D. x […, in] */
  #rotate(x: tf.Tensor, random: Random | undefined): tf.Tensor {
    const [factors, blocks, size] = this.boft_R.shape;
    const skew = skewPart(reshape(this.boft_R, [factors * blocks, size, size]));
    const rotations = dropRotations(cayley(skew), this.#dropout, random);
    let turned = x;
    for (let level = factors - 1; level >= 0; level--) {
      const part = takeBlocks(rotations, level * blocks, blocks);
      const order = this.#orders[level];
      turned = factors === 1 ? multiplyBlocks(turned, part) : permute(multiplyBlocks(permute(turned, inverseOf(order)), part), order);
    }
    return turned;
  }
}

/**
 * The permutation that brings together, within each of `blocks` parts, first the even and then the odd runs of `run` entries (HF
 * PEFT's block_butterfly_perm).
 */
function butterfly(size: number, run: number, blocks: number): Int32Array {
  const part = size / blocks;
  const runs = part / run;
  const sorted = Array.from({ length: runs }, (_, index) => index).sort((left, right) => (left % 2) - (right % 2) || left - right);
  return Int32Array.from({ length: size }, (_, index) => {
    const within = index % part;
    return index - within + sorted[Math.floor(within / run)] * run + (within % run);
  });
}
