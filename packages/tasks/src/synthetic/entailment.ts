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

const contradicted: readonly Hypothesis[] = [
  // the contrary
  (random, { actor, action, thing }) => sentence(choose(random, actor), 'never', choose(random, action), choose(random, [thing.kind, ...thing.names])),
  (random, { thing, action, place }) => sentence('no', choose(random, thing.names), 'were', action[0], choose(random, place)),
  // another fact
  (random, scene) => {
    const { actor, action, thing } = changeScene(random, scene, [choose(random, ['actor', 'action', 'thing'] as const)]);
    return sentence(choose(random, actor), choose(random, action), choose(random, thing.names));
  },
  (random, scene) => {
    const { actor, action, thing, place, time } = changeScene(random, scene, ['place', 'time']);
    return sentence(choose(random, actor), choose(random, action), choose(random, thing.names), choose(random, place), choose(random, time));
  },
  // a larger number
  (random, { actor, action, thing, amount }) =>
    sentence(choose(random, actor), choose(random, action), 'more than', numbers[amount + random.integer(numbers.length - amount)], choose(random, thing.names)),
];

/** A premise, and a hypothesis that follows from it (label 0) or does not (label 1). */
export function synthesizeEntailment(random: Random, label: number): [string, string] {
  const scene = { ...drawScene(random), amount: random.integer(numbers.length) };
  const { actor, action, thing, place, time, amount } = scene;
  const premise = sentence(choose(random, time), ',', choose(random, actor), choose(random, action), numbers[amount], choose(random, thing.names), choose(random, place));
  return [premise, choose(random, label === 0 ? entailed : contradicted)(random, scene)];
}
