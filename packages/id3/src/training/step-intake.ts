import { hostValues, isNearHost, tf, UnmaskError, type GradientNeed, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import { nameOf, spansOf, type Region } from '../selection/regions.js';
import { Downloads } from './downloads.js';
import type { Selection } from '../selection/selection.js';
import type { Trained } from './trained.js';

/** Factor with which no sum of finite gradients becomes infinite. */
const NO_OVERFLOW = 2 ** -40;

/** What one step takes in, from its first gradient to its update. */
export class StepIntake {
  readonly #trained: Trained;
  /** What the step chooses from the gradients; undefined when it chooses nothing, or has chosen by weights alone. */
  readonly selection: Selection | undefined;
  readonly #received = new Set<Parameter>();
  /** Flat indices of a region's unmasked entries, listed once a step. */
  readonly #indices = new Map<Region, Int32Array>();
  readonly #downloads = new Downloads();
  #bad: Parameter | undefined;

  constructor(trained: Trained, selection: Selection | undefined) {
    this.#trained = trained;
    this.selection = selection;
  }

  /** The parameter whose gradient was NaN or infinite, if there was one: the step is of no use then. */
  get bad(): Parameter | undefined {
    return this.#bad;
  }

  /** How much of a parameter's gradient the step needs. */
  needs(parameter: Parameter): GradientNeed {
    const { regionOf, dense, norm, entries, accumulated } = this.#trained;
    const region = regionOf.get(parameter);
    if (!region) return dense.has(parameter) ? 'all' : 'nothing';
    if (norm?.of === 'full' || accumulated || this.selection?.wants(region)) return 'all';
    let indices = this.#indices.get(region);
    if (!indices) this.#indices.set(region, (indices = entries.indicesIn(region)));
    return indices.length === 0 ? 'nothing' : indices;
  }

  /**
   * Notes what the step needs of a gradient.
   * @throws UnmaskError when it comes twice
   */
  receive(parameter: Parameter, gradient: ParameterGradient): void {
    if (this.#received.has(parameter)) {
      throw new UnmaskError(`the gradient of ${nameOf(parameter)} came twice: call step() after each backward pass, or sum micro-batches with GradientAccumulator`);
    }
    this.#received.add(parameter);
    if (!this.#bad && !this.#note(parameter, gradient)) this.#bad = parameter;
  }

  /** Waits for what the step needs of gradients that are out of the host's reach; only then {@link bad} is sure. */
  arrive(): void {
    this.#downloads.arrive();
  }

  /** Frees what waits on a device. */
  forget(): void {
    this.#downloads.forget();
    this.selection?.forget();
  }

  /** @returns false when the gradient is not finite */
  #note(parameter: Parameter, gradient: ParameterGradient): boolean {
    const { regionOf, dense, norm, entries } = this.#trained;
    const region = regionOf.get(parameter);
    const state = dense.get(parameter);
    if (!gradient.entries && !isNearHost(gradient.tensor)) return this.#noteOnDevice(parameter, gradient);
    if (state || norm?.of === 'full') norm?.receive(parameter, gradient);
    if (!region) return state?.receive(gradient) ?? true;
    if (!entries.gather(region, gradient)) return false;
    this.#accumulate(region, gradient);
    return this.selection?.offer(region, gradient) ?? true;
  }

  /** Adds a gradient up, for a metric of all steps so far. */
  #accumulate(region: Region, gradient: ParameterGradient): void {
    const { accumulated } = this.#trained;
    if (!accumulated) return;
    const gradients = hostValues(gradient.tensor);
    for (const { start, gradientStart, length } of spansOf(region.parameter, gradient)) accumulated.accumulate(gradients, gradientStart, length, region.start + start);
  }

  /** Notes a gradient that is out of the host's reach. NaN and infinity show in a sum, which is all that every graphics interface grants. */
  #noteOnDevice(parameter: Parameter, gradient: ParameterGradient): boolean {
    const { regionOf, dense, norm, entries } = this.#trained;
    const { tensor } = gradient;
    this.#downloads.add(() => tf.sum(tf.mul(tensor, NO_OVERFLOW)), ([sum]) => {
      if (!Number.isFinite(sum)) this.#bad ??= parameter;
    });
    const region = regionOf.get(parameter);
    const state = dense.get(parameter);
    if (norm && (state || norm.of === 'full')) this.#downloads.add(() => tf.sum(tf.square(tensor)), ([squares]) => norm.note(parameter, squares));
    state?.keep(gradient);
    if (!region) return true;
    const { positions, gradientIndices } = entries.coveredBy(region, gradient);
    if (positions.length > 0) {
      this.#downloads.add(() => tf.gather(tf.reshape(tensor, [tensor.size]), tf.tensor1d(gradientIndices, 'int32')), (values) => entries.noteAt(positions, values));
    }
    this.#accumulate(region, gradient);
    return this.selection?.offer(region, gradient) ?? true;
  }
}
