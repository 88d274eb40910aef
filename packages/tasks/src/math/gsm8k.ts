import { lastNumber } from '../metrics/answers.js';
import { instructionPrompt } from '../prompt.js';
import { type Row, RowError, textOf } from '../row.js';
import { synthesizeSolution } from '../synthetic/arithmetic.js';
import type { GenerationExample, GenerationTask } from '../task.js';
import { wordProblem } from './word-problem.js';

/** GSM8K: word problems of several steps; a row's `answer` is a solution that ends in `#### number`. */
export const gsm8k: GenerationTask = {
  ...wordProblem,
  name: 'gsm8k',
  evaluationSplits: ['test'],
  read: readSolution,
  synthesize: synthesizeSolution,
};

function readSolution(row: Row): GenerationExample {
  const target = textOf(row, 'answer');
  const [, answer] = /####\s*(-?\d[\d.,]*)\s*$/.exec(target) ?? [];
  if (answer === undefined) throw new RowError('has no "#### number" at the end of field "answer"; give the solution with its number');
  return { prompt: instructionPrompt(textOf(row, 'question')), target, label: [String(lastNumber(answer))] };
}
