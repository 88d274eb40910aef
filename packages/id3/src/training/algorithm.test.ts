import { expect, test } from '@jest/globals';
import { d3, gradient, magnitude, random, type ImportanceMetric } from '@unmask/importance';
import { adamw, type UpdateRule } from '@unmask/optimizers';
import { Parameter, Random, tf, type ParameterGradient } from '@unmask/tensor-core';
import fc from 'fast-check';
import { allAtOnce, cosine, every, increment, repeat, selective, uniform, type UnmaskSchedule } from '../index.js';

/** What one parameter receives in a step: a dense gradient, one of some rows, or none. */
interface Received {
  readonly values: Float32Array;
  readonly rows: Int32Array | undefined;
}
type Step = (Received | undefined)[];

const METRICS: Record<string, () => ImportanceMetric> = {
  d3: () => d3(),
  'd3 to the 1.5': () => d3({ exponent: 1.5, epsilon: 0.1 }),
  gradient,
  smallest: () => magnitude({ keep: 'smallest' }),
  largest: () => magnitude({ keep: 'largest' }),
  random: () => random({ seed: 5 }),
};

const SCHEDULES: Record<string, (budget: number, steps: number) => UnmaskSchedule> = {
  uniform: (budget, steps) => uniform({ budget, steps }),
  'all at once': (budget) => allAtOnce({ budget }),
  cosine: (budget, steps) => increment({ budget, steps, pacing: cosine }),
  'uniform, every 2': (budget, steps) => every(2, uniform({ budget, steps })),
  repeat: (budget) => repeat({ budget }),
  'repeat, every 3': (budget) => every(3, repeat({ budget })),
};

/** Values that are often equal or zero, or all distinct. */
function fill(source: Random, size: number, distinct: number): Float32Array {
  return Float32Array.from({ length: size }, () => (distinct > 0 ? (source.integer(2 * distinct + 1) - distinct) / 8 : source.normal()));
}

function receive(source: Random, [rows, columns]: readonly number[], distinct: number): Received | undefined {
  const kind = source.integer(4);
  if (kind === 0) return undefined;
  const values = fill(source, rows * columns, distinct);
  if (kind > 1) return { values, rows: undefined };
  const touched = Int32Array.from({ length: rows }, (_, row) => row).filter(() => source.uniform() < 0.5);
  values.forEach((_, i) => { if (!touched.includes(Math.floor(i / columns))) values[i] = 0; });
  return { values, rows: touched };
}

function toGradient({ values, rows }: Received, [count, columns]: readonly number[]): ParameterGradient {
  if (!rows) return { tensor: tf.tensor(values, [count, columns]) };
  const kept = Array.from(rows, (row) => [...values.subarray(row * columns, (row + 1) * columns)]).flat();
  return { rows, tensor: tf.tensor(kept, [rows.length, columns], 'float32') };
}

/** Algorithm 1 as it stands: dense gradients and state, and a full sort of every masked entry in every step. */
class Oracle {
  readonly weights: Float32Array;
  readonly mask: Uint8Array;
  readonly touched: Uint8Array;
  readonly #ages: Int32Array;
  readonly #slots: Float32Array[];

  constructor(weights: Float32Array, slots: number) {
    this.weights = weights.slice();
    this.mask = new Uint8Array(weights.length);
    this.touched = new Uint8Array(weights.length);
    this.#ages = new Int32Array(weights.length);
    this.#slots = Array.from({ length: slots }, () => new Float32Array(weights.length));
  }

  /**
   * @param ranges from where how many entries are to be unmasked in all: the whole model, or each tensor
   * @param renew whether the unmasked entries are chosen afresh
   */
  step(gradients: Float32Array, metric: ImportanceMetric, rule: UpdateRule, ranges: readonly { start: number; end: number; target: number }[], renew: boolean, learningRate: number, global?: number): void {
    const scores = new Float32Array(this.weights.length);
    metric.score(this.weights, 0, gradients, 0, scores.length, scores, 0);
    if (renew) this.mask.fill(0);
    for (const { start, end, target } of ranges) {
      const unmasked = this.mask.subarray(start, end).reduce((sum, bit) => sum + bit, 0);
      const order = Array.from(scores.keys()).filter((i) => i >= start && i < end && !this.mask[i] && scores[i] > 0).sort((i, j) => scores[j] - scores[i] || i - j);
      for (const i of order.slice(0, target - unmasked)) this.mask[i] = 1;
    }
    this.mask.forEach((bit, i) => {
      this.touched[i] ||= bit;
      if (!bit) {
        this.#ages[i] = 0;
        for (const slot of this.#slots) slot[i] = 0;
        return;
      }
      this.#ages[i]++;
      const one = { weights: this.weights.subarray(i, i + 1), gradients: gradients.subarray(i, i + 1), slots: this.#slots.map((slot) => slot.subarray(i, i + 1)) };
      rule.apply({ ...one, ages: global ?? this.#ages.subarray(i, i + 1), count: 1 }, learningRate);
    });
  }
}

/** Sainte-Laguë by its definition: seat after seat to the largest size/(2·seats + 1). */
function apportion(sizes: readonly number[], total: number): number[] {
  const seats = sizes.map(() => 0);
  for (let seat = 0; seat < total; seat++) {
    let best = -1;
    sizes.forEach((size, i) => {
      if (seats[i] < size && (best < 0 || size / (2 * seats[i] + 1) > sizes[best] / (2 * seats[best] + 1))) best = i;
    });
    seats[best]++;
  }
  return seats;
}

const concatenate = (arrays: Float32Array[]) => Float32Array.from(arrays.flatMap((array) => [...array]));
const bits = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];

test.each(Object.keys(METRICS))('selective with %s equals the dense algorithm with a full sort: masks and weights, bit for bit, in any order of arrival', (name) => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(0, 1, 4),
      fc.constantFrom('entry' as const, 'global' as const),
      fc.constantFrom(...Object.keys(SCHEDULES)),
      fc.constantFrom('model' as const, 'tensor' as const),
      (seed, shapes, share, steps, distinct, biasCorrection, scheduleName, per) => {
        const source = new Random(seed);
        const parameters = shapes.map(([rows, columns], index) => {
          const parameter = new Parameter([rows, columns], fill(source, rows * columns, distinct));
          parameter.name = `p${index}`;
          return parameter;
        });
        const total = parameters.reduce((sum, { size }) => sum + size, 0);
        const budget = Math.floor(share * total);
        const schedule = SCHEDULES[scheduleName](budget, steps);
        const sizes = parameters.map(({ size }) => size);
        const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
        const ranges = (target: number) =>
          per === 'model'
            ? [{ start: 0, end: total, target }]
            : apportion(sizes, target).map((seats, i) => ({ start: starts[i], end: starts[i] + sizes[i], target: seats }));
        const oracle = new Oracle(concatenate(parameters.map((parameter) => parameter.read())), 2);
        const training = selective(adamw(), { metric: METRICS[name](), schedule, biasCorrection, per }).bind(parameters);
        for (let step = 1; step <= steps + 1; step++) {
          const received: Step = shapes.map((shape) => receive(source, shape, distinct));
          const flat = concatenate(received.map((one, index) => one?.values ?? new Float32Array(parameters[index].size)));
          oracle.step(flat, METRICS[name](), adamw(), ranges(schedule(step)), schedule.renews?.(step) ?? false, 0.01, biasCorrection === 'global' ? step : undefined);
          for (const index of source.shuffle([...shapes.keys()])) {
            const one = received[index];
            if (!one) continue;
            const sent = toGradient(one, shapes[index]);
            training.sink(parameters[index], sent);
            sent.tensor.dispose();
          }
          const report = training.step(0.01);
          expect(report.unmasked).toBe(oracle.mask.reduce((sum, bit) => sum + bit, 0));
          expect(report.shortfall).toBe(schedule(step) - report.unmasked);
          expect(report.gradientUpdates).toBe(report.unmasked);
        }
        const mask = new Uint8Array(total);
        let start = 0;
        for (const parameter of parameters) {
          const part = training.delta().entries.find((entry) => entry.name === parameter.name);
          for (const index of part?.indices ?? []) mask[start + index] = 1;
          start += parameter.size;
        }
        expect(mask).toEqual(oracle.touched);
        expect(training.touchedEntries).toBe(oracle.touched.reduce((sum, bit) => sum + bit, 0));
        expect(bits(concatenate(parameters.map((parameter) => parameter.read())))).toEqual(bits(oracle.weights));
        for (const parameter of parameters) parameter.dispose();
      },
    ),
    {
      numRuns: 30,
      seed: 1,
      // Several blocks of scores and more candidates than the buffer holds, without and with ties.
      examples: [
        [7, [[100, 120], [3, 5]], 0.05, 3, 0, 'entry', 'uniform', 'model'],
        [8, [[3, 5], [100, 120]], 0.05, 3, 4, 'global', 'uniform', 'model'],
        [9, [[100, 120], [30, 50]], 0.05, 4, 4, 'entry', 'repeat, every 3', 'tensor'],
      ],
    },
  );
});
