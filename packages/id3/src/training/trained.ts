import { isAccumulated, type AccumulatedMetric } from '@unmask/importance';
import type { TensorStep } from '@unmask/optimizers';
import { entriesTogether, isNearHost, tf, type Parameter } from '@unmask/tensor-core';
import { AddressSet } from './address-set.js';
import { DenseState } from './dense-state.js';
import { GradientNorm } from './gradient-norm.js';
import { layOut, type Region } from '../selection/regions.js';
import type { SelectiveSettings } from '../settings.js';
import { UnmaskedEntries } from '../selection/unmasked-entries.js';

/** What a training works on, laid out by its settings: entries to select from, and parameters that train in full. */
export class Trained {
  /** Parameters from which entries are selected, one behind the other. */
  readonly regions: readonly Region[];
  readonly regionOf: ReadonlyMap<Parameter, Region>;
  /** Parameters that train in full. */
  readonly dense: ReadonlyMap<Parameter, DenseState>;
  readonly entries: UnmaskedEntries;
  /** All entries that ever trained; present only when the schedule may give some up. */
  readonly touched: AddressSet | undefined;
  readonly norm: GradientNorm | undefined;
  /** The metric, where it goes by the gradients of several steps. */
  readonly accumulated: AccumulatedMetric | undefined;

  constructor(parameters: readonly Parameter[], { metric, rule, schedule, scope, dense, biasCorrection, clip }: SelectiveSettings) {
    const trainable = parameters.filter((parameter) => parameter.trainable);
    this.dense = new Map(trainable.filter(dense).map((parameter) => [parameter, new DenseState(parameter, rule.slots)]));
    this.regions = layOut(trainable.filter((parameter) => !this.dense.has(parameter) && scope(parameter)));
    this.regionOf = new Map(this.regions.map((region) => [region.parameter, region]));
    this.entries = new UnmaskedEntries(rule.slots, biasCorrection === 'entry', schedule.exchanges !== undefined);
    this.accumulated = isAccumulated(metric) ? metric : undefined;
    this.accumulated?.begin(this.selectable);
    this.touched = schedule.renews && new AddressSet(this.selectable);
    this.norm = clip && new GradientNorm(clip, trainable);
  }

  /** How many entries there are to select from. */
  get selectable(): number {
    return this.regions.at(-1)?.end ?? 0;
  }

  /** Scalars that train by now: unmasked entries and dense parameters. */
  get size(): number {
    return [...this.dense.keys()].reduce((sum, { size }) => sum + size, this.entries.count);
  }

  /**
   * Updates all that is unmasked: copied together, changed, and written back, a parameter at a time.
   * @param step the number of updates so far, this one included
   */
  update({ rule, rate }: Pick<SelectiveSettings, 'rule' | 'rate'>, learningRate: number, step: number): void {
    const { entries, regions, dense, norm } = this;
    const scale = norm?.scale(entries.gradients) ?? 1;
    entries.grow();
    const parts = regions.map((region) => ({ region, tensor: region.parameter.tensor, indices: entries.indicesIn(region) })).filter(({ indices }) => indices.length > 0);
    const values = entriesTogether(parts);
    for (const [index, { region, indices }] of parts.entries()) {
      const weights = values[index];
      const { gradients, slots, ages = step } = entries.slice(region);
      if (scale !== 1) for (let i = 0; i < gradients.length; i++) gradients[i] *= scale;
      rule.apply({ weights, gradients, slots, ages, count: weights.length }, learningRate);
      region.parameter.writeEntries(indices, weights);
    }
    tf.tidy(() => {
      const far = Array.from(dense.keys()).some(({ tensor }) => !isNearHost(tensor));
      const onDevice = new Map<number, TensorStep | undefined>();
      for (const [parameter, state] of dense) {
        const own = learningRate * rate(parameter);
        if (far && !onDevice.has(own)) onDevice.set(own, rule.onTensors?.(own, step));
        state.update(rule, onDevice.get(own), own, step, scale);
      }
    });
  }
}
