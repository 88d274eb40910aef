import type { Random } from '@unmask/tensor-core';
import { sentence } from './sentence.js';
import { changeScene, drawScene, type Scene } from './scene.js';

const numbers = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'twelve'];

/** A scene with the number of its things. */
interface CountedScene extends Scene {
  /** Index into `numbers`. */
  readonly amount: number;
}

type Hypothesis = (random: Random, scene: CountedScene) => string;

const entailed: readonly Hypothesis[] = [
  // part of what was said
  (random, { actor, action, thing, place }) => sentence(random.choose(actor), random.choose(action), random.choose(thing.names), random.choose(place)),
  (random, { actor, action, thing, time }) => sentence(random.choose(actor), random.choose(action), random.choose(thing.names), random.choose(time)),
  // a wider class
  (random, { actor, action, thing }) => sentence(random.choose(actor), random.choose(action), thing.kind),
  // a smaller number
  (random, { actor, action, thing, amount }) =>
    sentence(random.choose(actor), random.choose(action), 'at least', numbers[random.integer(amount + 1)], random.choose(thing.names)),
  // denial of the contrary
  (random, { actor, action, thing }) => sentence('it is wrong that', random.choose(actor), 'never', random.choose(action), random.choose(thing.names)),
];

/** The contrary of what was said. */
const denials: readonly Hypothesis[] = [
  (random, { actor, action, thing }) => sentence(random.choose(actor), 'never', random.choose(action), random.choose([thing.kind, ...thing.names])),
  (random, { thing, action, place }) => sentence('no', random.choose(thing.names), 'were', action[0], random.choose(place)),
];

/** Another fact, which may be true as well. */
const unrelated: readonly Hypothesis[] = [
  (random, scene) => {
    const { actor, action, thing } = changeScene(random, scene, [random.choose(['actor', 'action', 'thing'] as const)]);
    return sentence(random.choose(actor), random.choose(action), random.choose(thing.names));
  },
  (random, scene) => {
    const { actor, action, thing, place, time } = changeScene(random, scene, ['place', 'time']);
    return sentence(random.choose(actor), random.choose(action), random.choose(thing.names), random.choose(place), random.choose(time));
  },
];

/** A larger number. */
const exaggerated: Hypothesis = (random, { actor, action, thing, amount }) =>
  sentence(random.choose(actor), random.choose(action), 'more than', numbers[amount + random.integer(numbers.length - amount)], random.choose(thing.names));

const notEntailed = [...denials, ...unrelated, exaggerated];
const contradicted = [...denials, exaggerated];

/** A premise, and a hypothesis that follows from it (label 0) or does not (label 1). */
export function synthesizeEntailment(random: Random, label: number): [string, string] {
  return premiseWith(random, [entailed, notEntailed][label]);
}

/** A premise, and a hypothesis that follows from it (label 0), is open (label 1) or contradicts it (label 2). */
export function synthesizeInference(random: Random, label: number): [string, string] {
  return premiseWith(random, [entailed, unrelated, contradicted][label]);
}

function premiseWith(random: Random, hypotheses: readonly Hypothesis[]): [string, string] {
  const scene = { ...drawScene(random), amount: random.integer(numbers.length) };
  const { actor, action, thing, place, time, amount } = scene;
  const premise = sentence(random.choose(time), ',', random.choose(actor), random.choose(action), numbers[amount], random.choose(thing.names), random.choose(place));
  return [premise, random.choose(hypotheses)(random, scene)];
}
