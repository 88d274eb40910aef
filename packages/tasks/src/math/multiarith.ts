import { synthesizeProblem } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { NUMBER, problemReader, wordProblem } from './word-problem.js';

/** MultiArith: word problems of two steps. */
export const multiarith: GenerationTask = {
  ...wordProblem,
  name: 'multiarith',
  evaluationSplits: ['test'],
  read: problemReader(NUMBER),
  synthesize: synthesizeProblem('multiarith'),
};
