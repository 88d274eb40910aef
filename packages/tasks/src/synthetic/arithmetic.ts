import type { Random } from '@unmask/tensor-core';
import type { Row } from '../row.js';
import { choose } from './choose.js';

const people = ['Ada', 'Bruno', 'Chen', 'Dalia', 'Emeka', 'Freya', 'Goran', 'Hana', 'Ivo', 'Jun'];
const things = ['marbles', 'stamps', 'pears', 'pencils', 'shells', 'coins', 'tickets', 'buttons'];
const LETTERS = ['A', 'B', 'C', 'D', 'E'];

/** A made-up problem of two steps. */
interface Problem {
  readonly question: string;
  /** The steps in words. */
  readonly solution: string;
  readonly result: number;
}

/** A problem with a number as its answer, in LLM-Adapters' fields. */
export function synthesizeProblem(random: Random): Row {
  const { question, solution, result } = draw(random);
  return { instruction: question, input: '', output: `${solution} The answer is ${result}.`, answer: String(result) };
}

/** A problem with its solution in GSM8K's fields. */
export function synthesizeSolution(random: Random): Row {
  const { question, solution, result } = draw(random);
  return { question, answer: `${solution}\n#### ${result}` };
}

/** A problem with five options, in LLM-Adapters' fields. */
export function synthesizeChoice(random: Random): Row {
  const { question, solution, result } = draw(random);
  const right = random.integer(LETTERS.length);
  const options = LETTERS.map((letter, index) => `(${letter}) ${result + 3 * (index - right)}`).join(' ');
  const letter = LETTERS[right];
  return { instruction: `${question} Answer Choices: ${options}`, input: '', output: `${solution} The answer is ${letter}.`, answer: letter };
}

/** Somebody has some things, gets so many bags of them, and at times gives some away. */
function draw(random: Random): Problem {
  const [person, thing] = [choose(random, people), choose(random, things)];
  const [start, bags, size] = [12 + random.integer(80), 2 + random.integer(8), 2 + random.integer(11)];
  const gained = bags * size;
  const gives = random.uniform() < 0.5;
  const total = gives ? start - size : start + gained;
  const told = gives ? `gives ${size} of them to a friend` : `buys ${bags} bags of ${size} ${thing} each`;
  const steps = gives ? `${start} - ${size} = ${total}.` : `${bags} * ${size} = ${gained}. ${start} + ${gained} = ${total}.`;
  return { question: `${person} has ${start} ${thing} and ${told}. How many ${thing} does ${person} have now?`, solution: steps, result: total };
}
