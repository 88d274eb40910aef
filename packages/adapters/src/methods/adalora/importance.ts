import { type Parameter, UnmaskError } from '@unmask/tensor-core';
import type { AdaLoraConfig } from './config.js';
import type { SvdLinear } from './linear.js';

/** What is known of one parameter's entries. */
interface Moments {
  /** Mean of |w·∇w|. */
  readonly sensitivity: Float32Array;
  /** Mean of | |w·∇w| − its mean |. */
  readonly uncertainty: Float32Array;
}

const MEANS = ['sensitivity', 'uncertainty'] as const;

/**
 * How much the loss depends on each entry: an exponential mean of its sensitivity |w·∇w| times that of its uncertainty (HF PEFT
 * tuners/adalora/layer.py, update_ipt and _element_score).
 */
export class Importance {
  readonly #betas: Pick<AdaLoraConfig, 'beta1' | 'beta2'>;
  readonly #gradients = new Map<Parameter, Float32Array>();
  readonly #moments = new Map<Parameter, Moments>();

  constructor(betas: Pick<AdaLoraConfig, 'beta1' | 'beta2'>) {
    this.#betas = betas;
  }

  /** Adds to a parameter's gradient of the running step. */
  addGradient(parameter: Parameter, gradient: Float32Array): void {
    const sum = this.#gradients.get(parameter);
    if (sum) gradient.forEach((value, index) => (sum[index] += value));
    else this.#gradients.set(parameter, gradient.slice());
  }

  /** Ends a step: takes the gradients and the parameters' present values into the means. */
  update(): void {
    const { beta1, beta2 } = this.#betas;
    for (const [parameter, gradient] of this.#gradients) {
      const { sensitivity, uncertainty } = this.#momentsOf(parameter);
      parameter.read().forEach((value, index) => {
        const now = Math.abs(value * gradient[index]);
        sensitivity[index] = beta1 * sensitivity[index] + (1 - beta1) * now;
        uncertainty[index] = beta2 * uncertainty[index] + (1 - beta2) * Math.abs(now - sensitivity[index]);
      });
    }
    this.#gradients.clear();
  }

  /**
   * The importance of each component of an update: that of its singular value and the means over its row of A and column of B.
   * @throws UnmaskError when no gradients were observed
   */
  ofComponents({ lora_A, lora_B, lora_E }: SvdLinear): Float64Array {
    const [rank, inFeatures] = lora_A.shape;
    const outFeatures = lora_B.shape[0];
    const [a, b, e] = [lora_A, lora_B, lora_E].map((parameter) => this.#scoreOf(parameter));
    const scores = Float64Array.from(e);
    a.forEach((score, index) => (scores[Math.floor(index / inFeatures)] += score / inFeatures));
    b.forEach((score, index) => (scores[index % rank] += score / outFeatures));
    return scores;
  }

  /** Copies of the means, by the parameters' names. */
  save(): Map<string, Float32Array> {
    return new Map([...this.#moments].flatMap(([{ name }, moments]) => MEANS.map((mean) => [`${name}.${mean}`, moments[mean].slice()] as const)));
  }

  /** Puts saved means in place of those of these parameters. @throws UnmaskError when one is of another size */
  restore(saved: ReadonlyMap<string, Float32Array>, parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      for (const mean of MEANS) {
        const values = saved.get(`${parameter.name}.${mean}`);
        if (values && values.length !== parameter.size) throw new UnmaskError(`the saved ${mean} of ${parameter.name} has ${values.length} numbers, and the parameter ${parameter.size}`);
        if (values) this.#momentsOf(parameter)[mean].set(values);
      }
    }
  }

  #momentsOf(parameter: Parameter): Moments {
    const known = this.#moments.get(parameter);
    if (known) return known;
    const fresh = { sensitivity: new Float32Array(parameter.size), uncertainty: new Float32Array(parameter.size) };
    this.#moments.set(parameter, fresh);
    return fresh;
  }

  #scoreOf(parameter: Parameter): Float32Array {
    const moments = this.#moments.get(parameter);
    if (!moments) throw new UnmaskError('AdaLoRA has seen no gradients to allocate ranks by: give observed(model, sink) to the backward pass');
    return moments.sensitivity.map((value, index) => value * moments.uncertainty[index]);
  }
}
