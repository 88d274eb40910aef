import { hostValues, UnmaskError, type GradientSink, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { UpdateRule } from '@unmask/optimizers';
import { DenseState } from './dense-state.js';
import type { Delta } from './delta.js';
import { layOut, nameOf, spansOf, type Region, type Span } from './regions.js';
import type { SelectiveOptions } from './selective.js';
import { TopCandidates } from './top-candidates.js';
import { UnmaskedEntries } from './unmasked-entries.js';

/** Entries that are scored at a time, so that scores stay in the processor's cache. */
const BLOCK = 4096;
const NO_GRADIENTS = new Float32Array(0);

/** What {@link SelectiveTraining.step} did. */
export interface StepReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Entries unmasked so far. Those of dense parameters do not count. */
  readonly unmasked: number;
  /** Entries that this step unmasked. */
  readonly chosen: number;
  /** Entries that the schedule wanted besides, but too few scored above zero; the next step looks for them. */
  readonly shortfall: number;
  /** Scalars that this step updated. */
  readonly gradientUpdates: number;
}

/** What the selection of one step needs, from its first gradient to its update. */
interface PendingStep {
  readonly received: Set<Parameter>;
  /** Absent when the step chooses nothing, or has chosen by weights alone. */
  readonly candidates?: TopCandidates;
}

/** A training run in progress; {@link selective} describes what it does. Give `sink` to the backward pass, then call `step`. */
export class SelectiveTraining {
  readonly #options: Required<SelectiveOptions> & { readonly rule: UpdateRule };
  readonly #regions: readonly Region[];
  readonly #regionOf: ReadonlyMap<Parameter, Region>;
  readonly #dense: ReadonlyMap<Parameter, DenseState>;
  readonly #entries: UnmaskedEntries;
  readonly #scores = new Float32Array(BLOCK);
  readonly #usesGradients: boolean;
  #pending: PendingStep | undefined;
  #step = 0;
  #unmaskedBefore = 0;
  #gradientUpdates = 0;

  /** Use {@link Strategy.bind}. */
  constructor(parameters: readonly Parameter[], options: Required<SelectiveOptions> & { readonly rule: UpdateRule }) {
    const trainable = parameters.filter((parameter) => parameter.trainable);
    const { rule, metric, schedule, dense, biasCorrection } = options;
    this.#options = options;
    this.#dense = new Map(trainable.filter(dense).map((parameter) => [parameter, new DenseState(parameter, rule.slots)]));
    this.#regions = layOut(trainable.filter((parameter) => !this.#dense.has(parameter)));
    this.#regionOf = new Map(this.#regions.map((region) => [region.parameter, region]));
    this.#entries = new UnmaskedEntries(rule.slots, biasCorrection === 'entry');
    this.#usesGradients = metric.uses.includes('gradient');
    this.#checkTarget(schedule.budget ?? 0);
  }

  /**
   * Takes in the gradient of a parameter; parameters that are not part of this training are ignored.
   * It throws an UnmaskError, and forgets this step's gradients, when a gradient is NaN or infinite or comes twice.
   */
  readonly sink: GradientSink = (parameter, gradient) => {
    try {
      this.#pending ??= this.#begin();
      if (this.#pending.received.has(parameter)) {
        throw new UnmaskError(`the gradient of ${nameOf(parameter)} came twice: call step() after each backward pass, or sum micro-batches with GradientAccumulator`);
      }
      this.#pending.received.add(parameter);
      if (!this.#receive(parameter, gradient)) {
        throw new UnmaskError(`the gradient of ${nameOf(parameter)} is not finite in step ${this.#step + 1}: lower the learning rate, or look for bad inputs`, { code: 'bad-data' });
      }
    } catch (error) {
      this.discardGradients();
      throw error;
    }
  };

  /**
   * Unmasks what the schedule asks for and updates all that is unmasked. What received no gradient has gradient zero.
   * @throws UnmaskError before anything has changed
   */
  step(learningRate: number): StepReport {
    if (!Number.isFinite(learningRate)) throw new UnmaskError(`the learning rate is ${learningRate}: give a finite number`);
    const { candidates } = (this.#pending ??= this.#begin());
    if (candidates) this.#entries.add(candidates.take());
    this.#pending = undefined;
    this.#step++;
    this.#entries.grow();
    for (const region of this.#regions) this.#update(region, learningRate);
    for (const state of this.#dense.values()) state.update(this.#options.rule, learningRate, this.#step);

    const unmasked = this.#entries.count;
    const chosen = unmasked - this.#unmaskedBefore;
    this.#unmaskedBefore = unmasked;
    const gradientUpdates = this.trainedParameters;
    this.#gradientUpdates += gradientUpdates;
    return { step: this.#step, unmasked, chosen, shortfall: this.#options.schedule(this.#step) - unmasked, gradientUpdates };
  }

  /** Forgets the gradients received since the last step, to skip a bad batch or to end the training. */
  discardGradients(): void {
    this.#pending = undefined;
    for (const state of this.#dense.values()) state.discardGradient();
  }

  /** Entries unmasked so far, not counting dense parameters. */
  get unmaskedEntries(): number {
    return this.#entries.count;
  }

  /** Scalars that train by now: unmasked entries and dense parameters. */
  get trainedParameters(): number {
    return [...this.#dense.keys()].reduce((sum, { size }) => sum + size, this.#entries.count);
  }

  /** Scalar updates of all steps so far. */
  get gradientUpdates(): number {
    return this.#gradientUpdates;
  }

  /** The present values of all that has been trained: added to the base model, they give the trained one. */
  delta(): Delta {
    const entries = this.#regions.flatMap(({ parameter, start, end }) => {
      const addresses = this.#entries.addresses.subarray(this.#entries.positionOf(start), this.#entries.positionOf(end));
      if (addresses.length === 0) return [];
      const values = parameter.read();
      return [
        {
          name: parameter.name,
          shape: parameter.shape,
          indices: Int32Array.from(addresses, (address) => address - start),
          values: Float32Array.from(addresses, (address) => values[address - start]),
        },
      ];
    });
    const dense = [...this.#dense.keys()].map((parameter) => ({ name: parameter.name, shape: parameter.shape, values: parameter.read().slice() }));
    return { entries, dense };
  }

  /** Opens a step. A metric of the weights alone chooses now, so that the gradients of its choice are noted as they come. */
  #begin(): PendingStep {
    const target = this.#options.schedule(this.#step + 1);
    this.#checkTarget(target);
    this.#entries.clearGradients();
    const received = new Set<Parameter>();
    const wanted = target - this.#entries.count;
    if (wanted === 0) return { received };
    const candidates = new TopCandidates(wanted, this.#selectable - this.#entries.count);
    if (this.#usesGradients) return { received, candidates };
    for (const region of this.#regions) {
      const everything = { start: 0, gradientStart: 0, length: region.parameter.size };
      this.#scan(candidates, region, everything, region.parameter.read(), undefined);
    }
    this.#entries.add(candidates.take());
    return { received };
  }

  /** Notes what this step needs of a gradient. @returns false when it is not finite */
  #receive(parameter: Parameter, gradient: ParameterGradient): boolean {
    const region = this.#regionOf.get(parameter);
    if (!region) return this.#dense.get(parameter)?.receive(gradient) ?? true;
    const candidates = this.#pending?.candidates;
    const gradients = hostValues(gradient.tensor);
    const weights = candidates ? parameter.read() : undefined;
    return spansOf(parameter, gradient).every(
      (span) =>
        this.#entries.gather(region.start + span.start, span.length, gradients, span.gradientStart) &&
        (!candidates || this.#scan(candidates, region, span, weights!, gradients)),
    );
  }

  /** Scores the entries of a span and offers the masked ones. @returns false when a gradient is not finite */
  #scan(candidates: TopCandidates, region: Region, span: Span, weights: Float32Array, gradients: Float32Array | undefined): boolean {
    const scores = this.#scores;
    for (let done = 0; done < span.length; done += BLOCK) {
      const count = Math.min(BLOCK, span.length - done);
      const index = span.start + done;
      const address = region.start + index;
      const gradientIndex = span.gradientStart + done;
      this.#options.metric.score(weights, index, gradients ?? NO_GRADIENTS, gradientIndex, count, scores, address);
      this.#entries.excludeFrom(scores, address, count);
      if (!candidates.offer(scores, count, address, gradients, gradientIndex)) return false;
    }
    return true;
  }

  /** Updates a parameter's unmasked entries: copied together, changed, and written back. */
  #update({ parameter, start, end }: Region, learningRate: number): void {
    const [from, to] = [this.#entries.positionOf(start), this.#entries.positionOf(end)];
    if (from === to) return;
    const addresses = this.#entries.addresses.subarray(from, to);
    const { gradients, slots, ages = this.#step } = this.#entries.slice(from, to);
    const weights = new Float32Array(to - from);
    parameter.modify((values) => {
      for (let i = 0; i < weights.length; i++) weights[i] = values[addresses[i] - start];
      this.#options.rule.apply({ weights, gradients, slots, ages, count: weights.length }, learningRate);
      for (let i = 0; i < weights.length; i++) values[addresses[i] - start] = weights[i];
    });
  }

  get #selectable(): number {
    return this.#regions.at(-1)?.end ?? 0;
  }

  #checkTarget(target: number): void {
    if (!Number.isInteger(target) || target < this.#entries.count) {
      throw new UnmaskError(`the schedule gives ${target} for step ${this.#step + 1} after ${this.#entries.count} entries: it must give integers that never fall`);
    }
    if (target > this.#selectable) {
      throw new UnmaskError(`a budget of ${target} entries exceeds the ${this.#selectable} that can be selected: lower it to at most ${this.#selectable}`);
    }
  }
}
