import { isEstimated, type EstimatedMetric } from '@unmask/importance';
import { hostValues, UnmaskError, type GradientNeed, type GradientSink, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { Delta } from '../delta/delta.js';
import { nameOf, spansOf } from '../selection/regions.js';
import type { Selection } from '../selection/selection.js';
import { SelectionPlan } from '../selection/selection-plan.js';
import type { SelectiveSettings } from '../settings.js';
import { StepIntake } from './step-intake.js';
import { Trained } from './trained.js';
import { optimizerState, restoreState, type TrainingState } from './training-state.js';
import { unmask } from './unmasking.js';

/** What {@link SelectiveTraining.step} did. */
export interface StepReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** Entries unmasked by now. Those of dense parameters do not count. */
  readonly unmasked: number;
  /** Entries that this step added to them. */
  readonly chosen: number;
  /** Entries that the schedule wanted besides, but too few scored above zero; the next step looks for them. */
  readonly shortfall: number;
  /** Scalars that this step updated. */
  readonly gradientUpdates: number;
  /** Why the step changed nothing, if so. */
  readonly skipped?: string;
}

/** A training run in progress; `selective` describes what it does. Give `sink` to the backward pass, then call `step`. */
export class SelectiveTraining {
  readonly #settings: SelectiveSettings;
  readonly #trained: Trained;
  readonly #plan: SelectionPlan;
  /** The metric while it is estimated and of use. */
  #estimated: EstimatedMetric | undefined;
  #observed = false;
  #intake: StepIntake | undefined;
  #step = 0;
  #unmaskedBefore = 0;
  #gradientUpdates = 0;

  /** Use `Strategy.bind`. */
  constructor(parameters: readonly Parameter[], settings: SelectiveSettings) {
    this.#settings = settings;
    this.#trained = new Trained(parameters, settings);
    this.#plan = new SelectionPlan(this.#trained.regions, settings);
    const { metric } = settings;
    if (isEstimated(metric)) {
      metric.begin(this.#trained.selectable);
      this.#estimated = metric;
    }
  }

  /**
   * Takes in the gradient of a parameter, and tells the backward pass how much of it this step needs; parameters that are
   * not part of this training are ignored.
   * It throws an UnmaskError, and forgets this step's gradients, when a gradient comes twice, or is NaN or infinite and
   * such steps are not to be skipped; on engines with memory of their own the latter shows in `step`, which throws then.
   */
  readonly sink: GradientSink = Object.assign(
    (parameter: Parameter, gradient: ParameterGradient): void => {
      try {
        const intake = (this.#intake ??= this.#begin());
        intake.receive(parameter, gradient);
        this.#refuse(intake);
      } catch (error) {
        this.discardGradients();
        throw error;
      }
    },
    { needs: (parameter: Parameter): GradientNeed => (this.#intake ??= this.#begin()).needs(parameter) },
  );

  /** Takes in the gradients of a sample for a metric that is estimated before training, such as Fisher information. */
  readonly observe: GradientSink = Object.assign(
    (parameter: Parameter, gradient: ParameterGradient): void => {
      const region = this.#trained.regionOf.get(parameter);
      if (!region) return;
      this.#observed = true;
      const gradients = hostValues(gradient.tensor);
      for (const { start, gradientStart, length } of spansOf(parameter, gradient)) {
        this.#estimated?.observe(gradients, gradientStart, length, region.start + start);
      }
    },
    { needs: (parameter: Parameter): GradientNeed => (this.#estimated && this.#trained.regionOf.has(parameter) ? 'all' : 'nothing') },
  );

  /** Whether the metric must see some samples, through `observe`, before the next step. */
  get needsEstimate(): boolean {
    return this.#estimated !== undefined && !this.#observed;
  }

  /**
   * Unmasks what the schedule asks for and updates all that is unmasked. What received no gradient has gradient zero.
   * @throws UnmaskError before anything has changed
   */
  step(learningRate: number): StepReport {
    if (!Number.isFinite(learningRate)) throw new UnmaskError(`the learning rate is ${learningRate}: give a finite number`);
    const intake = (this.#intake ??= this.#begin());
    try {
      intake.arrive();
      this.#refuse(intake);
    } catch (error) {
      this.discardGradients();
      throw error;
    }
    const { selection, bad } = intake;
    const problem = bad && this.#problem(bad);
    if (bad) this.discardGradients();
    else if (selection) this.#choose(selection);
    this.#intake = undefined;
    this.#step++;
    if (!bad) {
      this.#trained.update(this.#settings, learningRate, this.#step);
      this.#gradientUpdates += this.#trained.size;
    }
    return this.#report(problem);
  }

  /** Forgets the gradients received since the last step, to skip a bad batch or to end the training. */
  discardGradients(): void {
    this.#intake?.forget();
    this.#intake = undefined;
    this.#trained.norm?.reset();
    for (const state of this.#trained.dense.values()) state.discardGradient();
  }

  /** Steps so far, skipped ones included. */
  get steps(): number {
    return this.#step;
  }

  /** Entries unmasked by now, not counting dense parameters. */
  get unmaskedEntries(): number {
    return this.#trained.entries.count;
  }

  /** Entries unmasked by now in each parameter that has any, by its name. */
  unmaskedByParameter(): Record<string, number> {
    const { regions, entries } = this.#trained;
    const counts = regions.map((region): [string, number] => [region.parameter.name, entries.indicesIn(region).length]);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  /** Entries that have ever been unmasked: more than are unmasked now only under a schedule that renews. */
  get touchedEntries(): number {
    return this.#trained.touched?.size ?? this.#trained.entries.count;
  }

  /** Scalars that train by now: unmasked entries and dense parameters. */
  get trainedParameters(): number {
    return this.#trained.size;
  }

  /** Scalar updates of all steps so far. */
  get gradientUpdates(): number {
    return this.#gradientUpdates;
  }

  /** The present values of all that has been trained: put into the base model, they give the trained one. */
  delta(): Delta {
    const { regions, touched, dense, entries } = this.#trained;
    return {
      entries: regions.flatMap((region) => {
        const { name, shape } = region.parameter;
        const indices = touched?.within(region) ?? entries.indicesIn(region);
        return indices.length === 0 ? [] : [{ name, shape, indices, values: region.parameter.readEntries(indices) }];
      }),
      dense: Array.from(dense.keys(), (parameter) => ({ name: parameter.name, shape: parameter.shape, values: parameter.read().slice() })),
    };
  }

  /** Everything that the next steps depend on, as it is between two steps: trained values, masks, optimizer state, counts. */
  state(): TrainingState {
    return { step: this.#step, gradientUpdates: this.#gradientUpdates, delta: this.delta(), ...optimizerState(this.#trained) };
  }

  /**
   * Continues from a state, on the same base model under the same settings: the steps from here give the same bits as if
   * there had been no interruption.
   * @throws UnmaskError when it does not fit these parameters
   */
  restore(state: TrainingState): void {
    this.discardGradients();
    restoreState(state, this.#trained);
    this.#step = state.step;
    this.#gradientUpdates = state.gradientUpdates;
    this.#unmaskedBefore = this.#trained.entries.count;
    this.#endEstimate();
  }

  /** Opens a step. A metric of the weights alone chooses now, so that only the gradients of its choice are needed. */
  #begin(): StepIntake {
    const { entries } = this.#trained;
    const selection = this.#plan.open(this.#step + 1, entries);
    entries.clearGradients();
    if (!selection || this.#settings.metric.uses.includes('gradient')) return new StepIntake(this.#trained, selection);
    selection.offerWeights(this.#trained.regions);
    this.#choose(selection);
    return new StepIntake(this.#trained, undefined);
  }

  /** Unmasks what a selection has found. */
  #choose(selection: Selection): void {
    unmask(this.#trained, selection.take(), this.#plan.renews(this.#step + 1));
    this.#trained.accumulated?.restart();
    this.#endEstimate();
  }

  /** Frees the metric's estimate once nothing is left to choose. */
  #endEstimate(): void {
    const { entries, touched } = this.#trained;
    if (touched || entries.count !== this.#settings.schedule.budget) return;
    this.#estimated?.end();
    this.#estimated = undefined;
  }

  #report(skipped: string | undefined): StepReport {
    const unmasked = this.#trained.entries.count;
    const chosen = unmasked - this.#unmaskedBefore;
    this.#unmaskedBefore = unmasked;
    const shortfall = this.#settings.schedule(this.#step) - unmasked;
    const gradientUpdates = skipped === undefined ? this.#trained.size : 0;
    return { step: this.#step, unmasked, chosen, shortfall, gradientUpdates, ...(skipped === undefined ? {} : { skipped }) };
  }

  /** Throws on a gradient that is not finite, where such steps are not to be skipped. */
  #refuse({ bad }: StepIntake): void {
    if (bad && this.#settings.onBadGradient === 'throw') {
      throw new UnmaskError(`${this.#problem(bad)}: lower the learning rate, or look for bad inputs`, { code: 'bad-data' });
    }
  }

  #problem(bad: Parameter): string {
    return `the gradient of ${nameOf(bad)} is not finite in step ${this.#step + 1}`;
  }
}
