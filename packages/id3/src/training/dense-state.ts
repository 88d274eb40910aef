import { denseGradient, hostValues, isNearHost, tf, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { TensorStep, UpdateRule } from '@unmask/optimizers';

/** A parameter that trains in full: its optimizer state, and its gradient until the step. */
export class DenseState {
  readonly parameter: Parameter;
  readonly #count: number;
  /** The update rule's state, an array a slot, where it is updated here. */
  #slots: Float32Array[] | undefined;
  /** The same as tensors, where the engine updates it. */
  #tensors: readonly tf.Tensor[] | undefined;
  #gradient: ParameterGradient | undefined;

  constructor(parameter: Parameter, slots: number) {
    this.parameter = parameter;
    this.#count = slots;
  }

  /** The update rule's state for reading, an array a slot. */
  get slots(): readonly Float32Array[] {
    return this.#tensors?.map((tensor) => tensor.dataSync<'float32'>()) ?? this.#onHost();
  }

  /**
   * Keeps a borrowed gradient; it shares the memory of the original, and rows stay rows.
   * @returns false when it is not finite
   */
  receive(gradient: ParameterGradient): boolean {
    const values = hostValues(gradient.tensor);
    for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return false;
    this.keep(gradient);
    return true;
  }

  /** The same without a look at the values. */
  keep(gradient: ParameterGradient): void {
    this.#gradient = { ...gradient, tensor: tf.keep(gradient.tensor.clone()) };
  }

  /**
   * Updates the whole parameter, with gradient zero when none was received.
   * @param rule updates here, unless `onDevice`, the same rule for tensors, is given and the parameter is out of the host's reach
   * @param step the number of updates so far, this one included
   * @param scale factor on the gradient
   */
  update(rule: UpdateRule, onDevice: TensorStep | undefined, learningRate: number, step: number, scale: number): void {
    const { shape, size } = this.parameter;
    const gradient = tf.tidy(() => {
      const dense = this.#gradient ? denseGradient(shape, this.#gradient) : tf.zeros([...shape]);
      return scale === 1 ? dense : tf.mul(dense, scale);
    });
    if (onDevice && !isNearHost(this.parameter.tensor)) this.#updateTensors(onDevice, gradient);
    else {
      this.parameter.modify((weights) => {
        rule.apply({ weights, gradients: hostValues(gradient), slots: this.#onHost(), ages: step, count: size }, learningRate);
      });
    }
    gradient.dispose();
    this.discardGradient();
  }

  /** Puts optimizer state in place of what there is. */
  restore(slots: readonly Float32Array[]): void {
    tf.dispose([...(this.#tensors ?? [])]);
    this.#tensors = undefined;
    this.#slots = slots.map((slot) => slot.slice());
  }

  /** Frees the gradient, if there is one. */
  discardGradient(): void {
    this.#gradient?.tensor.dispose();
    this.#gradient = undefined;
  }

  #onHost(): Float32Array[] {
    return (this.#slots ??= Array.from({ length: this.#count }, () => new Float32Array(this.parameter.size)));
  }

  /** Moves the state to the engine, at first, and replaces weights and state by new ones. */
  #updateTensors(rule: TensorStep, gradient: tf.Tensor): void {
    const before = this.#tensors ?? this.#onHost().map((slot) => tf.tensor(slot, [...this.parameter.shape], 'float32'));
    const { weights, slots } = tf.tidy(() => rule(this.parameter.tensor, gradient, before));
    this.parameter.assign(weights);
    tf.dispose([...before]);
    this.#tensors = slots.map((slot) => tf.keep(slot));
    this.#slots = undefined;
  }
}
