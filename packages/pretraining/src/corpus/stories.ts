import type { Random } from '@unmask/tensor-core';
import { drawChange, drawEquation, type Equation, written } from './equations.js';
import { adjectives, gains, losses, names, nouns, others, places } from './words.js';

/** A few plain sentences on who does what where, about the same people and things. */
export function plainStory(random: Random): string {
  const [who, other] = random.shuffle([...names]);
  const [noun, another] = random.shuffle([...nouns]);
  const sentences = Array.from({ length: 2 + random.integer(3) }, () => {
    const person = random.choose([who, who, other]);
    const [thing, things] = random.choose([noun, noun, another]);
    const verb = random.choose([...others, ...gains, ...losses]);
    return random.choose([
      `${person} ${verb} the ${random.choose(adjectives)} ${thing} near ${random.choose(places)}.`,
      `${person} ${verb} some ${things}.`,
      `There are ${2 + random.integer(48)} ${things} in ${random.choose(places)}.`,
      `Where does ${person} have the ${things}? In ${random.choose(places)}.`,
      `${who} and ${other} like ${things}, but not ${random.choose(adjectives)} ${things}.`,
    ]);
  });
  return sentences.join(' ');
}

/** Somebody's things become more and fewer, with the equation or the new number after each time. */
export function ledger(random: Random): string {
  const who = random.choose(names);
  const [, things] = random.choose(nouns);
  let total = 5 + random.integer(40);
  const lines = [random.choose([`At first ${who} keeps ${total} ${things}.`, `${who} begins with ${total} ${things}.`, `${total} ${things} lie in ${random.choose(places)}, all of ${who}.`])];
  for (let count = 1 + random.integer(4); count > 0; count--) {
    const equation = drawChange(random, total);
    const change = `${who} ${random.choose(equation.sign === '+' ? gains : losses)} ${equation.right}`;
    lines.push(random.choose([`${change}: ${written(equation)}`, `Then ${change}, and there are ${equation.result}.`, `When ${change} ${things}, ${written(equation)}`]));
    total = equation.result;
  }
  return lines.join(' ');
}

/** A story of one equation, told with its outcome; often the equation stands there too. */
export function countingStory(random: Random): string {
  const equation = drawEquation(random, random.choose(['+', '-', '*', '/']));
  const [who, other] = random.shuffle([...names]);
  const [, things] = random.choose(nouns);
  const told = random.choose(TOLD[equation.sign])({ ...equation, who, other, things, place: random.choose(places) });
  const outcome = random.choose([`So there are ${equation.result}.`, `In the end it is ${equation.result} ${things}.`]);
  return [told, ...(random.uniform() < 0.6 ? [written(equation)] : []), outcome].join(' ');
}

/** What a story is told with. */
interface Cast extends Equation {
  readonly who: string;
  readonly other: string;
  readonly things: string;
  readonly place: string;
}

const TOLD: Readonly<Record<Equation['sign'], readonly ((cast: Cast) => string)[]>> = {
  '+': [
    ({ left, right, who, things, place }) => `Of ${things} in ${place} there are ${left}, and ${right} come from ${who}.`,
    ({ left, right, who, other, things }) => `In the morning ${who} counts ${left} ${things}, and ${other} brings ${right} more.`,
  ],
  '-': [
    ({ left, right, who, things, place }) => `Of ${left} ${things} in ${place}, ${who} takes ${right}.`,
    ({ left, right, who, other, things }) => `In the morning ${who} counts ${left} ${things}, but ${right} of them go to ${other}.`,
  ],
  '*': [
    ({ left, right, who, things }) => `In each of ${left} rows ${who} puts ${right} ${things}.`,
    ({ left, right, things, place }) => `There are ${left} bags in ${place} with ${right} ${things} in each.`,
  ],
  '/': [
    ({ left, right, who, things }) => `${who} puts ${left} ${things} into ${right} equal heaps.`,
    ({ left, right, things, place }) => `In ${place} ${right} friends share ${left} ${things}.`,
  ],
};
