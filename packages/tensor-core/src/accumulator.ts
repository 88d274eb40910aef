import { addGradients, type ParameterGradient } from './gradients.js';
import type { Parameter } from './parameter.js';
import type { GradientSink } from './backward.js';
import { tf } from './tf.js';

/**
 * Sums the gradients of several micro-batches. Give {@link add} to every backward pass but the last, {@link last} to the
 * last one, then call {@link flush}. Between micro-batches it holds one gradient for each parameter that received any:
 * the price of accumulation, which a single large batch does not pay.
 *
 * For the mean over k micro-batches run each with `streamGradients(…, { scale: 1 / k })`.
 */
export class GradientAccumulator {
  readonly #sums = new Map<Parameter, ParameterGradient>();
  readonly #target: GradientSink;

  /** Sink of every micro-batch but the last. */
  readonly add: GradientSink;
  /** Sink of the last micro-batch: passes each parameter's sum on, one at a time. */
  readonly last: GradientSink;

  /** @param target receives the sums; parameters whose gradients it does not need are left out, of others all is summed */
  constructor(target: GradientSink) {
    this.#target = target;
    const needs = (parameter: Parameter) => (target.needs?.(parameter) === 'nothing' ? 'nothing' : 'all');
    const add = (parameter: Parameter, gradient: ParameterGradient) => this.#add(parameter, gradient);
    const last = (parameter: Parameter, gradient: ParameterGradient) => {
      this.#add(parameter, gradient);
      this.#release(parameter, target);
    };
    this.add = Object.assign(add, { needs });
    this.last = Object.assign(last, { needs });
  }

  /** Passes on the sums of parameters that the last micro-batch did not reach. */
  flush(): void {
    for (const parameter of [...this.#sums.keys()]) this.#release(parameter, this.#target);
  }

  /** Frees what is held without passing it on. */
  dispose(): void {
    for (const { tensor } of this.#sums.values()) tensor.dispose();
    this.#sums.clear();
  }

  #add(parameter: Parameter, gradient: ParameterGradient): void {
    const earlier = this.#sums.get(parameter);
    const sum = earlier ? addGradients(parameter.shape, earlier, gradient) : { ...gradient, tensor: gradient.tensor.clone() };
    tf.keep(sum.tensor);
    earlier?.tensor.dispose();
    this.#sums.set(parameter, sum);
  }

  #release(parameter: Parameter, target: GradientSink): void {
    const sum = this.#sums.get(parameter)!;
    this.#sums.delete(parameter);
    try {
      target(parameter, sum);
    } finally {
      sum.tensor.dispose();
    }
  }
}
