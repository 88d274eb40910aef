import type { Random } from '@unmask/tensor-core';
import type { Fields } from '../row.js';
import { drawProblem, type Plan, type Problem } from './word-problem.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E'];

/** The problems of each task: what kinds there are of them, each as likely. */
const PLANS = {
  addsub: [
    { opening: 'amount', changes: ['gain'] },
    { opening: 'amount', changes: ['loss'] },
  ],
  singleeq: [
    { opening: 'amount', changes: ['gain'] },
    { opening: 'amount', changes: ['loss'] },
    { opening: 'groups', changes: [] },
    { opening: 'shares', changes: [] },
  ],
  svamp: [
    { opening: 'amount', changes: ['gain'], misleads: true },
    { opening: 'amount', changes: ['loss'], misleads: true },
  ],
  multiarith: [
    { opening: 'groups', changes: ['gain'] },
    { opening: 'groups', changes: ['loss'] },
    { opening: 'amount', changes: ['gain', 'loss'] },
    { opening: 'amount', changes: ['loss', 'gain'] },
  ],
  gsm8k: [
    { opening: 'groups', changes: ['gain', 'loss'] },
    { opening: 'groups', changes: ['loss', 'gain'] },
    { opening: 'shares', changes: ['gain'] },
  ],
  aqua: [
    { opening: 'amount', changes: ['gain'] },
    { opening: 'amount', changes: ['loss'] },
    { opening: 'groups', changes: [] },
  ],
} satisfies Record<string, readonly Plan[]>;

type NumberTask = Exclude<keyof typeof PLANS, 'aqua'>;

const draw = (random: Random, task: keyof typeof PLANS): Problem => drawProblem(random, random.choose<Plan>(PLANS[task]));

/** Makes up problems like those of a task, with a number as their answer, in LLM-Adapters' fields. */
export function synthesizeProblem(task: NumberTask): (random: Random) => Fields {
  return (random) => {
    const { question, solution, result } = draw(random, task);
    return { instruction: question, input: '', output: `${solution} The answer is ${result}.`, answer: String(result) };
  };
}

/** A problem with its solution in GSM8K's fields. */
export function synthesizeSolution(random: Random): Fields {
  const { question, solution, result } = draw(random, 'gsm8k');
  return { question, answer: `${solution}\n#### ${result}` };
}

/**
 * A problem with five options, one after the other, in LLM-Adapters' fields. The solution ends with how far the result is from
 * the first option.
 */
export function synthesizeChoice(random: Random): Fields {
  const { question, solution, result } = draw(random, 'aqua');
  const right = random.integer(Math.min(LETTERS.length, result));
  const [first, letter] = [result - right, LETTERS[right]];
  const options = LETTERS.map((each, index) => `(${each}) ${first + index}`).join(' ');
  const output = `${solution} ${result} - ${first} = ${right}. The answer is ${letter}.`;
  return { instruction: `${question} Answer Choices: ${options}`, input: '', output, answer: letter };
}

const MIXTURE: readonly ((random: Random) => Fields)[] = [
  ...(['addsub', 'singleeq', 'svamp', 'multiarith', 'gsm8k'] as const).map(synthesizeProblem),
  synthesizeChoice,
];

/** A problem like those of any of these tasks, in LLM-Adapters' fields. */
export const synthesizeMixture = (random: Random): Fields => random.choose(MIXTURE)(random);
