import { denseGradient, hostValues, tf, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { UpdateRule } from '@unmask/optimizers';

/** A parameter that trains in full: its optimizer state, and its gradient until the step. */
export class DenseState {
  readonly parameter: Parameter;
  /** The update rule's state, an array a slot. */
  readonly slots: Float32Array[];
  #gradient: ParameterGradient | undefined;

  constructor(parameter: Parameter, slots: number) {
    this.parameter = parameter;
    this.slots = Array.from({ length: slots }, () => new Float32Array(parameter.size));
  }

  /**
   * Keeps a borrowed gradient; it shares the memory of the original, and rows stay rows.
   * @returns false when it is not finite
   */
  receive(gradient: ParameterGradient): boolean {
    const values = hostValues(gradient.tensor);
    for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return false;
    this.#gradient = { ...gradient, tensor: tf.keep(gradient.tensor.clone()) };
    return true;
  }

  /**
   * Updates the whole parameter, with gradient zero when none was received.
   * @param step the number of updates so far, this one included
   * @param scale factor on the gradient
   */
  update(rule: UpdateRule, learningRate: number, step: number, scale: number): void {
    const { shape, size } = this.parameter;
    const gradient = tf.tidy(() => {
      const dense = this.#gradient ? denseGradient(shape, this.#gradient) : tf.zeros([...shape]);
      return scale === 1 ? dense : tf.mul(dense, scale);
    });
    this.parameter.modify((weights) => {
      rule.apply({ weights, gradients: hostValues(gradient), slots: this.slots, ages: step, count: size }, learningRate);
    });
    gradient.dispose();
    this.discardGradient();
  }

  /** Puts optimizer state in place of what there is. */
  restore(slots: readonly Float32Array[]): void {
    slots.forEach((slot, index) => this.slots[index].set(slot));
  }

  /** Frees the gradient, if there is one. */
  discardGradient(): void {
    this.#gradient?.tensor.dispose();
    this.#gradient = undefined;
  }
}
