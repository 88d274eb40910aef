import { instructionPrompt } from '@unmask/tasks';
import type { Random } from '@unmask/tensor-core';
import { drawAnyEquation, drawChange, drawEquation, type Equation, written } from './equations.js';
import { names, nouns } from './words.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E'];

/** What is asked for, and the equations that lead there. */
interface Exercise {
  readonly instruction: string;
  readonly equations: readonly Equation[];
}

/** Short calculations as a request and its answer, in the form in which a model is asked later on. */
export function exercise(random: Random): string {
  const { instruction, equations } = random.choose([calculation, twoCalculations, story, story])(random);
  const { result } = equations.at(-1)!;
  const solution = equations.map(written).join(' ');
  if (random.uniform() < 0.7) return `${instructionPrompt(instruction)}${solution} The answer is ${result}.`;
  const index = random.integer(Math.min(LETTERS.length, result + 1));
  const options = LETTERS.map((letter, place) => `(${letter}) ${result - index + place}`).join(' ');
  return `${instructionPrompt(`${instruction} ${options}`)}${solution} ${result} - ${result - index} = ${index}. The answer is ${LETTERS[index]}.`;
}

const ASKED: Readonly<Record<Equation['sign'], (equation: Equation) => string>> = {
  '+': ({ left, right }) => `Add ${right} to ${left}.`,
  '-': ({ left, right }) => `Take ${right} from ${left}.`,
  '*': ({ left, right }) => `What is ${left} times ${right}?`,
  '/': ({ left, right }) => `What is a part of ${left} in ${right} equal parts?`,
};

function calculation(random: Random): Exercise {
  const equation = drawAnyEquation(random);
  const { left, sign, right } = equation;
  return { instruction: random.choose([ASKED[sign](equation), `Work out ${left} ${sign} ${right}.`]), equations: [equation] };
}

function twoCalculations(random: Random): Exercise {
  const first = drawAnyEquation(random);
  const second = drawChange(random, first.result);
  const then = second.sign === '+' ? `Then add ${second.right}.` : `Then take away ${second.right}.`;
  return { instruction: `${ASKED[first.sign](first)} ${then}`, equations: [first, second] };
}

/** A little story with two of the verbs that there are: some things, then up to two changes. */
function story(random: Random): Exercise {
  const [who, things] = [random.choose(names), random.choose(nouns)[1]];
  const sentences: string[] = [];
  const equations: Equation[] = [];
  let total = 5 + random.integer(36);
  if (random.uniform() < 0.5) {
    sentences.push(`${who} begins with ${total} ${things}.`);
  } else {
    const equation = drawEquation(random, random.choose(['*', '*', '/']));
    const { left, sign, right } = equation;
    sentences.push(sign === '*' ? `${who} begins with ${left} rows, ${right} ${things} in a row.` : `${who} begins with one of ${right} equal heaps of ${left} ${things}.`);
    equations.push(equation);
    total = equation.result;
  }
  for (let count = random.integer(3) + (equations.length === 0 ? 1 : 0); count > 0; count--) {
    const equation = drawChange(random, total);
    sentences.push(`Then ${who} ${equation.sign === '+' ? 'makes' : 'burns'} ${equation.right}.`);
    equations.push(equation);
    total = equation.result;
  }
  return { instruction: [...sentences, `What is the number of ${things}?`].join(' '), equations };
}
