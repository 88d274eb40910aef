import { synthesizeProblem } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { NUMBER, problemReader, wordProblem } from './word-problem.js';

/** AddSub: word problems of adding and taking away. */
export const addsub: GenerationTask = {
  ...wordProblem,
  name: 'addsub',
  evaluationSplits: ['test'],
  read: problemReader(NUMBER),
  synthesize: synthesizeProblem('addsub'),
};
