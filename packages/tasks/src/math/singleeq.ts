import { synthesizeProblem } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { NUMBER, problemReader, wordProblem } from './word-problem.js';

/** SingleEq: word problems that come to one equation. */
export const singleeq: GenerationTask = {
  ...wordProblem,
  name: 'singleeq',
  evaluationSplits: ['test'],
  read: problemReader(NUMBER),
  synthesize: synthesizeProblem('singleeq'),
};
