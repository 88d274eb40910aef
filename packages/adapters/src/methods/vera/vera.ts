import { add, dropout, linear, type Linear, Module, multiply, Parameter, type Random, tf } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { WeightUpdate } from '../lora/weight-update.js';
import { LayerAdapter } from '../../method.js';
import { TorchRandom } from '../../parts/torch-random.js';
import type { VeraConfig } from './config.js';

/** Random projections that all layers share and that do not train, under the names that they have in HF PEFT's files. */
export class Projections extends Module {
  /** [r, the most inputs of any layer] */
  readonly vera_A: Parameter;
  /** [the most outputs of any layer, r] */
  readonly vera_B: Parameter;

  constructor(layers: readonly Linear[], { r, projection_prng_key: seed }: VeraConfig) {
    super();
    const random = new TorchRandom(seed);
    const most = (sizes: readonly number[]) => Math.max(...sizes);
    this.vera_A = projection(r, most(layers.map(({ inFeatures }) => inFeatures)), random);
    this.vera_B = projection(most(layers.map(({ outFeatures }) => outFeatures)), r, random);
  }
}

/** By Kaiming's uniform rule: U(−√(6/columns), √(6/columns)). */
function projection(rows: number, columns: number, random: TorchRandom): Parameter {
  const parameter = new Parameter([rows, columns]);
  parameter.modify((values) => values.set(random.uniform(values.length, Math.sqrt(3) * (Math.SQRT2 / Math.sqrt(columns))))); // no file need hold them
  parameter.trainable = false;
  return parameter;
}

/** y = W·x + b + λ_b ⊙ B·(λ_d ⊙ A·dropout(x)), of which λ_b and λ_d train (Kopiczko et al. 2024; HF PEFT tuners/vera/layer.py). */
export class VeraLinear extends LayerAdapter {
  /** [out] */
  readonly vera_lambda_b: Parameter;
  /** [r] */
  readonly vera_lambda_d: Parameter;
  readonly #layer: Linear;
  readonly #projections: Projections;
  readonly #dropout: number;

  constructor(layer: Linear, config: VeraConfig, projections: Projections, random: Random) {
    super();
    const { r, d_initial: initial, init_weights: zero } = config;
    this.vera_lambda_b = new Parameter([layer.outFeatures], zero ? 0 : 1);
    this.vera_lambda_d = new Parameter([r], zero ? initial : () => normal(r, random));
    this.#layer = layer;
    this.#projections = projections;
    this.#dropout = config.vera_dropout;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const [a, b] = this.#slices();
    const low = multiply(linear(dropout(x, this.#dropout, random), a), this.vera_lambda_d); // […, r]
    return add(own(x), multiply(linear(low, b), this.vera_lambda_b)); // […, out]
  }

  /** W ← W + (λ_b ⊙ B)·(λ_d ⊙ A) */
  override mergeInto(layer: Linear, original: ReadonlyMap<Parameter, Float32Array>): void {
    const product = () => {
      const [a, b] = this.#slices();
      return tf.matMul<tf.Tensor2D>(tf.mul(b, tf.reshape(this.vera_lambda_b.tensor, [-1, 1])), tf.mul(a, tf.reshape(this.vera_lambda_d.tensor, [-1, 1])));
    };
    new WeightUpdate(layer, product).mergeInto(layer, original);
  }

  /** A [r, in] and B [out, r] of this layer's size. */
  #slices(): [a: tf.Tensor, b: tf.Tensor] {
    const { vera_A, vera_B } = this.#projections;
    return [tf.slice(vera_A.tensor, [0, 0], [-1, this.#layer.inFeatures]), tf.slice(vera_B.tensor, [0, 0], [this.#layer.outFeatures, -1])];
  }
}
