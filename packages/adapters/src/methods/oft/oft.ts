import { add, filledTensor, hostValues, type Linear, matMul, Module, multiply, Parameter, type Random, record, tf } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { LayerAdapter } from '../../method.js';
import { cayley, multiplyBlocks, repeatBlock } from '../../parts/rotations.js';
import type { OftConfig } from './config.js';

/** The part above the diagonal of each block's skew-symmetric matrix, under the name that it has in files. */
class Rotation extends Module {
  /** [blocks, b·(b − 1)/2] */
  readonly weight: Parameter;

  constructor(blocks: number, size: number, random: Random | undefined) {
    super();
    const entries = (size * (size - 1)) / 2;
    this.weight = new Parameter([blocks, entries], random && (() => normal(blocks * entries, random, 0.1)));
  }
}

/**
 * y = W·(R·x) + b, where R turns blocks of the inputs by orthogonal matrices (Qiu et al. 2023; as in HF PEFT tuners/oft/layer.py,
 * where it stands at the inputs: Qiu et al. 2025). R = (I − S)·(I + S)⁻¹ of a skew-symmetric S, or a Neumann
 * series of its inverse, (I + S)·(I − S)⁻¹.
 */
export class OftLinear extends LayerAdapter {
  readonly oft_R: Rotation;
  readonly #config: OftConfig;
  readonly #size: number;
  readonly #blocks: number;

  /** @param random where rotations come from; they are identities without it */
  constructor({ inFeatures }: Linear, config: OftConfig, random: Random | undefined) {
    super();
    const { r, oft_block_size: size, block_share } = config;
    this.#config = config;
    this.#size = r === 0 ? nearestDivisor(inFeatures, size) : inFeatures / nearestDivisor(inFeatures, r);
    this.#blocks = inFeatures / this.#size;
    this.oft_R = new Rotation(block_share ? 1 : this.#blocks, this.#size, random);
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    return own(multiplyBlocks(x, this.#rotations()));
  }

  /** W ← W·Rᵀ: W's rows are turned as inputs are. */
  override mergeInto({ weight, transposed }: Linear): void {
    const merged = tf.tidy(() => {
      const rows = transposed ? tf.transpose(weight.tensor) : weight.tensor;
      const turned = multiplyBlocks(rows, tf.transpose(this.#rotations(), [0, 2, 1]));
      return (transposed ? tf.transpose(turned) : turned).dataSync<'float32'>();
    });
    weight.modify((values) => values.set(merged));
  }

  /** R, [blocks, b, b] */
  #rotations(): tf.Tensor {
    const { coft, eps, use_cayley_neumann: series, num_cayley_neumann_terms: terms } = this.#config;
    const { weight } = this.oft_R;
    if (coft) project(weight, eps / Math.sqrt(weight.shape[0]));
    const skew = skewSymmetric(weight, this.#size);
    return repeatBlock(series ? neumann(skew, terms) : cayley(skew), this.#blocks);
  }
}

/** (I + S)·(I − S)⁻¹ ≈ I + 2·S + 2·S² + … + 2·S^(terms − 2) + S^(terms − 1), as PEFT's _cayley_batch sums it. S [n, b, b] */
function neumann(skew: tf.Tensor, terms: number): tf.Tensor {
  const times = (x: tf.Tensor, factor: number) => multiply(x, tf.scalar(factor));
  let sum = add(times(skew, terms > 1 ? 2 : 0), tf.eye(skew.shape[1]!));
  if (terms <= 2) return sum;
  let power = matMul(skew, skew);
  sum = add(sum, times(power, 2));
  for (let exponent = 3; exponent < Math.max(terms, 4); exponent++) {
    power = matMul(power, skew);
    sum = add(sum, times(power, exponent < terms - 1 ? 2 : 1));
  }
  return sum;
}

/** S of each block, from its entries above the diagonal. @param upper [n, b·(b − 1)/2] @returns [n, b, b] */
function skewSymmetric(upper: Parameter, size: number): tf.Tensor {
  const [blocks, entries] = upper.shape;
  /** Visits each entry with its two places. */
  const eachPlace = (visit: (entry: number, above: number, below: number) => void) => {
    let entry = 0;
    for (let first = 0; first < blocks * size * size; first += size * size) {
      for (let row = 0; row < size; row++) for (let column = row + 1; column < size; column++) visit(entry++, first + row * size + column, first + column * size + row);
    }
  };
  const skew = filledTensor([blocks, size, size], (values) => {
    const given = upper.read();
    values.fill(0);
    eachPlace((entry, above, below) => {
      values[above] = given[entry];
      values[below] = -given[entry];
    });
  });
  return record(skew, [upper], [], (dy) => [
    filledTensor([blocks, entries], (values) => {
      const gradients = hostValues(dy);
      eachPlace((entry, above, below) => (values[entry] = gradients[above] - gradients[below]));
    }),
  ]);
}

/** Brings blocks whose S is longer than `most` back to that length. */
function project(weight: Parameter, most: number): void {
  const [blocks, entries] = weight.shape;
  weight.modify((values) => {
    for (let block = 0; block < blocks; block++) {
      const each = values.subarray(block * entries, (block + 1) * entries);
      const length = Math.SQRT2 * Math.hypot(...each); // of S, which has each entry twice
      if (length > most) each.forEach((value, index) => (each[index] = (value * most) / length));
    }
  });
}

/** The divisor of `size` closest to `wanted`, the lower one of two (HF PEFT tuners/oft/layer.py, adjust_oft_parameters). */
export function nearestDivisor(size: number, wanted: number): number {
  if (wanted >= size) return size;
  let [higher, lower] = [wanted, wanted];
  while (size % higher !== 0) higher++;
  while (size % lower !== 0) lower--;
  return wanted - lower <= higher - wanted ? lower : higher;
}
