import type { Random } from '@unmask/tensor-core';
import { choose, sentence } from './choose.js';
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
  (random, { actor, action, thing, place }) => sentence(choose(random, actor), choose(random, action), choose(random, thing.names), choose(random, place)),
  (random, { actor, action, thing, time }) => sentence(choose(random, actor), choose(random, action), choose(random, thing.names), choose(random, time)),
  // a wider class
  (random, { actor, action, thing }) => sentence(choose(random, actor), choose(random, action), thing.kind),
  // a smaller number
  (random, { actor, action, thing, amount }) =>
    sentence(choose(random, actor), choose(random, action), 'at least', numbers[random.integer(amount + 1)], choose(random, thing.names)),
  // denial of the contrary
  (random, { actor, action, thing }) => sentence('it is wrong that', choose(random, actor), 'never', choose(random, action), choose(random, thing.names)),
];

/** The contrary of what was said. */
const denials: readonly Hypothesis[] = [
  (random, { actor, action, thing }) => sentence(choose(random, actor), 'never', choose(random, action), choose(random, [thing.kind, ...thing.names])),
  (random, { thing, action, place }) => sentence('no', choose(random, thing.names), 'were', action[0], choose(random, place)),
];

/** Another fact, which may be true as well. */
const unrelated: readonly Hypothesis[] = [
  (random, scene) => {
    const { actor, action, thing } = changeScene(random, scene, [choose(random, ['actor', 'action', 'thing'] as const)]);
    return sentence(choose(random, actor), choose(random, action), choose(random, thing.names));
  },
  (random, scene) => {
    const { actor, action, thing, place, time } = changeScene(random, scene, ['place', 'time']);
    return sentence(choose(random, actor), choose(random, action), choose(random, thing.names), choose(random, place), choose(random, time));
  },
];

/** A larger number. */
const exaggerated: Hypothesis = (random, { actor, action, thing, amount }) =>
  sentence(choose(random, actor), choose(random, action), 'more than', numbers[amount + random.integer(numbers.length - amount)], choose(random, thing.names));

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
  const premise = sentence(choose(random, time), ',', choose(random, actor), choose(random, action), numbers[amount], choose(random, thing.names), choose(random, place));
  return [premise, choose(random, hypotheses)(random, scene)];
}
