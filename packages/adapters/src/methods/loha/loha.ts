import { type Linear, matMul, multiply, type Parameter, type Random, tf } from '@unmask/tensor-core';
import { factor } from '../lora/initial.js';
import { LycorisDelta, type LycorisOptions } from '../../parts/lycoris.js';

/**
 * ΔW = s·(A₁·B₁) ⊙ (A₂·B₂) with A [out, r] and B [r, in], of a rank up to r² (Hyeon-Woo et al. 2022; HF PEFT
 * tuners/loha/layer.py).
 */
export class LoHaLinear extends LycorisDelta {
  readonly hada_w1_a: Parameter;
  readonly hada_w1_b: Parameter;
  readonly hada_w2_a: Parameter;
  readonly hada_w2_b: Parameter;

  /** @param zero whether the update starts at zero */
  constructor({ inFeatures, outFeatures }: Linear, options: LycorisOptions, zero: boolean, random: Random) {
    super(options);
    const { rank } = options;
    this.hada_w1_a = factor([outFeatures, rank], random.fork('w1_a'));
    this.hada_w1_b = factor([rank, inFeatures], random.fork('w1_b'));
    this.hada_w2_a = factor([outFeatures, rank], random.fork('w2_a'));
    this.hada_w2_b = factor([rank, inFeatures], zero ? undefined : random.fork('w2_b'));
  }

  protected override whole(): tf.Tensor {
    const product = multiply(matMul(this.hada_w1_a, this.hada_w1_b), matMul(this.hada_w2_a, this.hada_w2_b));
    return multiply(product, tf.scalar(this.options.scale));
  }
}
