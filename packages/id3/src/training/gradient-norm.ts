import { hostValues, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { GradientClipping } from '../settings.js';

/** PyTorch's clip_grad_norm_ adds this to the norm, so that a norm of zero divides nothing. */
const SMOOTHING = 1e-6;

/** Measures the gradient of a step as it streams by, and says how much to scale it down. */
export class GradientNorm {
  readonly of: GradientClipping['of'];
  readonly #limit: number;
  /** Sums of squares in the parameters' order, so that the order of arrival does not show in the last bits. */
  readonly #squares: Map<Parameter, number>;

  constructor({ norm, of }: GradientClipping, parameters: readonly Parameter[]) {
    this.of = of;
    this.#limit = norm;
    this.#squares = new Map(parameters.map((parameter) => [parameter, 0]));
  }

  /** Notes the gradient of a parameter in full. */
  receive(parameter: Parameter, { tensor }: ParameterGradient): void {
    this.note(parameter, sumOfSquares(hostValues(tensor)));
  }

  /** Notes the sum of the squares of a parameter's gradient. */
  note(parameter: Parameter, squares: number): void {
    this.#squares.set(parameter, squares);
  }

  /** Forgets what was noted. */
  reset(): void {
    for (const parameter of this.#squares.keys()) this.#squares.set(parameter, 0);
  }

  /**
   * The factor that brings the step's gradient to the limit, 1 if it is within; forgets what was noted.
   * @param unmasked gradients of the unmasked entries, which count besides what was noted unless the norm is that of all
   */
  scale(unmasked: Float32Array): number {
    let sum = this.of === 'full' ? 0 : sumOfSquares(unmasked);
    for (const squares of this.#squares.values()) sum += squares;
    this.reset();
    return Math.min(1, this.#limit / (Math.sqrt(sum) + SMOOTHING));
  }
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
