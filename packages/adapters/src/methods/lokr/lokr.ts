import { type Linear, matMul, multiply, type Parameter, type Random, reshape, tf, type Value } from '@unmask/tensor-core';
import { factor } from '../lora/initial.js';
import { LycorisDelta, type LycorisOptions } from '../../parts/lycoris.js';
import type { LoKrConfig } from './config.js';

/**
 * ΔW = s·W₁ ⊗ W₂, a Kronecker product of W₁ [l, m] and W₂ [k, n] with out = l·k and in = m·n, each of which may be a product of
 * rank r (Edalati et al. 2022, in LyCORIS; HF PEFT tuners/lokr/layer.py).
 */
export class LoKrLinear extends LycorisDelta {
  readonly lokr_w1: Parameter | undefined;
  readonly lokr_w1_a: Parameter | undefined;
  readonly lokr_w1_b: Parameter | undefined;
  readonly lokr_w2: Parameter | undefined;
  readonly lokr_w2_a: Parameter | undefined;
  readonly lokr_w2_b: Parameter | undefined;

  constructor({ inFeatures, outFeatures }: Linear, options: LycorisOptions, { decompose_both, decompose_factor, init_weights }: LoKrConfig, random: Random) {
    super(options);
    const { rank } = options;
    const [m, n] = factorization(inFeatures, decompose_factor);
    const [l, k] = factorization(outFeatures, decompose_factor);
    const from = (label: string, zero = false) => (zero ? undefined : random.fork(label));
    const [leftZero, rightZero] = [init_weights === true, init_weights === 'lycoris'];
    if (decompose_both && rank < Math.max(l, m) / 2) {
      this.lokr_w1_a = factor([l, rank], from('w1_a', leftZero));
      this.lokr_w1_b = factor([rank, m], from('w1_b'));
    } else this.lokr_w1 = factor([l, m], from('w1', leftZero));
    if (rank < Math.max(k, n) / 2) {
      this.lokr_w2_a = factor([k, rank], from('w2_a'));
      this.lokr_w2_b = factor([rank, n], from('w2_b', rightZero));
    } else this.lokr_w2 = factor([k, n], from('w2', rightZero));
  }

  protected override whole(): tf.Tensor {
    const left: Value = this.lokr_w1 ?? matMul(this.lokr_w1_a!, this.lokr_w1_b!);
    const right: Value = this.lokr_w2 ?? matMul(this.lokr_w2_a!, this.lokr_w2_b!);
    const [[l, m], [k, n]] = [left.shape, right.shape];
    const scaled = multiply(reshape(left, [l, 1, m, 1]), tf.scalar(this.options.scale));
    return reshape(multiply(scaled, reshape(right, [1, k, 1, n])), [l * k, m * n]); // by way of [l, k, m, n]
  }
}

/**
 * Two numbers whose product is `size`, the smaller one first: `wanted` and the rest where it divides, else those closest to the
 * root, the smaller one at most `wanted` if that is above 0 (HF PEFT tuners/lokr/layer.py, factorization).
 */
export function factorization(size: number, wanted: number): [smaller: number, greater: number] {
  if (wanted > 0 && size % wanted === 0) return [wanted, size / wanted];
  const most = wanted === -1 ? size : wanted;
  let [smaller, greater] = [1, size];
  const sum = smaller + greater;
  while (smaller < greater) {
    let next = smaller + 1;
    while (size % next !== 0) next++;
    if (next + size / next > sum || next > most) break;
    [smaller, greater] = [next, size / next];
  }
  return smaller > greater ? [greater, smaller] : [smaller, greater];
}
