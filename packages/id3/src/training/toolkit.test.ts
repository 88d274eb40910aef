import { describe, expect, test } from '@jest/globals';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { crossEntropy, Embedding, gelu, Linear, Module, Parameter, reshape, streamGradients, tanh, tf } from '@unmask/tensor-core';
import { describeEngines } from '@unmask/testing';
import { readFileSync } from 'node:fs';
import { selective, uniform, type SelectiveTraining } from '../index.js';

/** Flat indices by parameter. */
type Indices = Record<string, number[]>;

interface Options {
  readonly exponent: number;
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly learningRate: number;
  /** Without the entries that train whole. */
  readonly budget: number;
  readonly steps: number;
}

interface Run {
  readonly activation: 'gelu' | 'tanh';
  readonly sizes: { readonly inputs: number; readonly hidden: number; readonly classes: number; readonly vocabulary?: number; readonly length?: number };
  readonly options: Options;
  /** Parameters that train whole. */
  readonly dense: readonly string[];
  /** Step t takes batch t mod their number. Inputs are token ids, or float32 features in base64. */
  readonly batches: readonly { readonly inputs: number[] | string; readonly labels: number[] }[];
  /** Values are float32 in base64. */
  readonly parameters: readonly { readonly name: string; readonly shape: number[]; readonly initial: string; readonly final: string }[];
  /** What the toolkit unmasked in each step. */
  readonly chosen: readonly Indices[];
  /** How far above the best entry left out the worst one chosen scored, relatively, in the closest step. */
  readonly smallestGap: number;
}

interface Handmade {
  readonly options: Options;
  readonly shapes: Record<string, number[]>;
  readonly gradients: readonly Record<string, number[]>[];
  readonly chosen: readonly Indices[];
}

/** Made by tools/reference/toolkit.py, which says where and why release 0.4 of the toolkit departs from the algorithm. */
const reference = JSON.parse(readFileSync(new URL('../../fixtures/toolkit.json', import.meta.url), 'utf8')) as {
  runs: Record<string, Run>;
  longer: Run;
  handmade: { ties: Handmade; zeros: Handmade };
};

const unpack = (text: string) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const count = (steps: readonly Indices[]) => steps.flatMap((chosen) => Object.values(chosen).flat()).length;

/** The fixture's model; the properties' order is that of the parameters. */
class Classifier extends Module {
  readonly embedding: Embedding | undefined;
  readonly hidden: Linear;
  readonly output: Linear;
  readonly #run: Run;

  constructor(run: Run) {
    super();
    const { inputs, hidden, classes, vocabulary, length } = run.sizes;
    this.#run = run;
    this.embedding = vocabulary && length ? new Embedding(vocabulary, inputs / length) : undefined;
    this.hidden = new Linear(inputs, hidden);
    this.output = new Linear(hidden, classes);
    this.nameParameters();
    const initial = new Map(run.parameters.map((parameter) => [parameter.name, unpack(parameter.initial)]));
    for (const [name, parameter] of this.namedParameters()) parameter.modify((values) => values.set(initial.get(name)!));
  }

  loss({ inputs, labels }: Run['batches'][number]): tf.Tensor {
    const width = this.#run.sizes.inputs;
    const x = typeof inputs === 'string'
      ? tf.tensor(unpack(inputs), [labels.length, width])
      : reshape(this.embedding!.forward(tf.tensor(inputs, [labels.length, inputs.length / labels.length], 'int32')), [labels.length, width]);
    const activation = this.#run.activation === 'gelu' ? gelu : tanh;
    return crossEntropy(this.output.forward(activation(this.hidden.forward(x))), tf.tensor1d(labels, 'int32'));
  }
}

function begin({ exponent, epsilon, beta1, beta2, budget, steps }: Options, parameters: Parameter[], dense: readonly string[] = []): SelectiveTraining {
  return selective(adamw({ beta1, beta2, weightDecay: 0 }), {
    metric: d3({ exponent, epsilon }),
    schedule: uniform({ budget, steps }),
    dense: ({ name }) => dense.includes(name),
    biasCorrection: 'global', // the toolkit wraps a dense optimizer, whose count of steps is one a tensor
  }).bind(parameters);
}

/** Does a step. @returns what it newly unmasked */
function step(training: SelectiveTraining, learningRate: number): Indices {
  const before = new Map(training.delta().entries.map(({ name, indices }) => [name, new Set(indices)]));
  training.step(learningRate);
  const added = training.delta().entries.map(({ name, indices }) => [name, [...indices].filter((index) => !before.get(name)?.has(index))] as const);
  return Object.fromEntries(added.filter(([, indices]) => indices.length > 0));
}

function train(run: Run): { readonly model: Classifier; readonly chosen: Indices[] } {
  const model = new Classifier(run);
  const training = begin(run.options, model.parameters(), run.dense);
  const chosen = Array.from({ length: run.options.steps }, (_, index) => {
    streamGradients(() => model.loss(run.batches[index % run.batches.length]), training.sink).dispose();
    return step(training, run.options.learningRate);
  });
  return { model, chosen };
}

function trainByHand({ options, shapes, gradients }: Handmade): Indices[] {
  const parameters = Object.entries(shapes).map(([name, shape]) => Object.assign(new Parameter(shape), { name }));
  const training = begin(options, parameters);
  const chosen = gradients.map((values) => {
    tf.tidy(() => parameters.forEach((parameter) => training.sink(parameter, { tensor: tf.tensor(values[parameter.name], [...parameter.shape], 'float32') })));
    return step(training, options.learningRate);
  });
  for (const parameter of parameters) parameter.dispose();
  return chosen;
}

describeEngines('beside the official toolkit', () => {
  test.each(Object.entries(reference.runs))('%s: the same entries in each step, and the same weights in the end', (_, run) => {
    const { model, chosen } = train(run);
    expect(run.smallestGap).toBeGreaterThan(1e-4); // else rounding could decide which entries are chosen
    expect(chosen).toEqual(run.chosen);
    expect(count(chosen)).toBe(run.options.budget);
    const trained = new Map(model.namedParameters().map(([name, parameter]) => [name, parameter.read()]));
    let [furthest, largestChange] = [0, 0];
    for (const { name, initial, final } of run.parameters) {
      const [before, after, ours] = [unpack(initial), unpack(final), trained.get(name)!];
      expect(ours.length).toBe(after.length);
      ours.forEach((value, i) => {
        furthest = Math.max(furthest, Math.abs(value - after[i]));
        largestChange = Math.max(largestChange, Math.abs(value - before[i]));
        if (after[i] === before[i]) expect(value).toBe(before[i]);
      });
    }
    expect(furthest).toBeLessThan(1e-5);
    expect(largestChange).toBeGreaterThan(0.1);
    model.dispose();
  });
});

describe('where the toolkit departs from the algorithm', () => {
  test('a budget that the steps do not divide: we end exactly at it, the toolkit above it', () => {
    const { longer } = reference;
    const { budget, steps } = longer.options;
    const { model, chosen } = train(longer);
    model.dispose();
    // One entry more is due in the first B mod T steps. The toolkit's step counter stays at zero, so it adds one in every step.
    const remainder = budget % steps;
    expect(remainder).toBeGreaterThan(0);
    expect(count(chosen)).toBe(budget);
    expect(count(longer.chosen)).toBe(budget + steps - remainder);
    expect(chosen.slice(0, remainder)).toEqual(longer.chosen.slice(0, remainder));
    // The first step in which the numbers differ starts from equal weights: ours are its best ones.
    const [ours, theirs] = [chosen[remainder], longer.chosen[remainder]];
    expect(count([theirs]) - count([ours])).toBe(1);
    for (const [name, indices] of Object.entries(ours)) expect(theirs[name]).toEqual(expect.arrayContaining(indices));
  });

  test('a tie at the cutoff: we take the best and break the tie by position, the toolkit loses the three best', () => {
    const { ties } = reference.handmade;
    expect(ties.gradients).toEqual([{ a: [5, 1, 1, 1, 1, 1], b: [9, 8, 0, 0] }]);
    expect(trainByHand(ties)).toEqual([{ a: [0, 1], b: [0, 1] }]);
    // All of a reach the cutoff 1, two too many. It drops the first two of a, the 5 among them, and never gets to b.
    expect(ties.chosen).toEqual([{ a: [2, 3, 4, 5] }]);
  });

  test('fewer gradients than a step may choose: we wait and make up for it, the toolkit takes entries without gradient', () => {
    const { zeros } = reference.handmade;
    const present = (index: number, name: string) => zeros.gradients[index][name].flatMap((value, i) => (value === 0 ? [] : [i]));
    const ours = trainByHand(zeros);
    expect(ours).toEqual([{ embedding: [2, 3], bias: [0, 1] }, { embedding: [0, 1, 4, 5, 6, 10, 11], bias: [2] }]);
    expect(ours[0]).toEqual({ embedding: present(0, 'embedding'), bias: present(0, 'bias') });
    // The cutoff is 0, which all reach: of the embedding it drops the first surplus entries, those with a gradient among them.
    expect(zeros.chosen[0]).toEqual({ embedding: [6, 7, 8, 9, 10, 11] });
    expect([count(ours), count(zeros.chosen)]).toEqual([12, 12]);
  });
});
