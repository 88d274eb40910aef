import { type Linear, Parameter, type Random, record, tf, UnmaskError } from '@unmask/tensor-core';
import { normal } from '../lora/initial.js';
import { TorchRandom } from '../../parts/torch-random.js';
import { WeightDelta } from '../../parts/weight-delta.js';
import type { FourierFtConfig } from './config.js';

/**
 * ΔW is the real part of an inverse two-dimensional Fourier transform of a spectrum that is zero but for n coefficients c (Gao et
 * al. 2024; HF PEFT tuners/fourierft/layer.py): ΔW[p, q] = s/(M·N)·Σₖ cₖ·cos(2π·(p·uₖ/M + q·vₖ/N)). It is computed as
 * s/(M·N)·(Cᵤᵀ·diag(c)·Cᵥ − Sᵤᵀ·diag(c)·Sᵥ) with the rows uₖ and vₖ of the tables of cosines C and sines S.
 */
export class FourierFtLinear extends WeightDelta {
  /** c, [n] */
  readonly fourierft_spectrum: Parameter;
  readonly #factor: number;
  readonly #rows: Int32Array;
  readonly #columns: Int32Array;
  readonly #shape: readonly [rows: number, columns: number];

  /** @throws UnmaskError for more coefficients than the weight has entries */
  constructor({ inFeatures, outFeatures }: Linear, count: number, { scaling, random_loc_seed: seed, init_weights: zero }: FourierFtConfig, random: Random) {
    super();
    const size = inFeatures * outFeatures;
    if (count > size) throw new UnmaskError(`n_frequency is ${count}, but a weight has ${size} entries: choose at most that many`, { code: 'bad-data' });
    const places = new TorchRandom(seed).permutation(size, count);
    this.fourierft_spectrum = new Parameter([count], zero ? undefined : () => normal(count, random));
    this.#factor = scaling / size;
    this.#rows = places.map((place) => Math.floor(place / inFeatures));
    this.#columns = places.map((place) => place % inFeatures);
    this.#shape = [outFeatures, inFeatures];
  }

  protected override delta(): tf.Tensor {
    const { fourierft_spectrum: spectrum } = this;
    const count = spectrum.size;
    return tf.tidy(() => {
      const [rowWaves, columnWaves] = [waves(this.#rows, this.#shape[0]), waves(this.#columns, this.#shape[1])]; // [2n, M], [2n, N]
      const signs = tf.concat([tf.fill([count, 1], this.#factor), tf.fill([count, 1], -this.#factor)]);
      const left = tf.mul(rowWaves, signs);
      const weights = tf.tile(tf.reshape(spectrum.tensor, [count, 1]), [2, 1]);
      return record(tf.matMul(tf.mul(left, weights), columnWaves, true, false), [spectrum], [left, columnWaves], (dy, [rows, columns]) => {
        const each = tf.sum(tf.mul(tf.matMul(rows, dy), columns), 1); // [2n]
        return [tf.sum(tf.reshape(each, [2, count]), 0)];
      });
    });
  }
}

/** cos(2π·frequency·place/size) for each frequency and place, and below the sines: [2n, size] */
function waves(frequencies: Int32Array, size: number): tf.Tensor2D {
  const { cosines, sines } = tableOf(size);
  const values = new Float32Array(2 * frequencies.length * size);
  frequencies.forEach((frequency, index) => {
    for (let place = 0; place < size; place++) {
      const turn = (frequency * place) % size;
      values[index * size + place] = cosines[turn];
      values[(frequencies.length + index) * size + place] = sines[turn];
    }
  });
  return tf.tensor2d(values, [2 * frequencies.length, size]);
}

/** Cosines and sines of whole parts of a turn. */
function tableOf(size: number): { readonly cosines: Float64Array; readonly sines: Float64Array } {
  const angles = Float64Array.from({ length: size }, (_, turn) => (2 * Math.PI * turn) / size);
  return { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
}
