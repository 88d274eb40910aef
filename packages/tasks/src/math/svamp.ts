import { synthesizeProblem } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { NUMBER, problemReader, wordProblem } from './word-problem.js';

/** SVAMP: word problems of one step, worded so that cues mislead. */
export const svamp: GenerationTask = {
  ...wordProblem,
  name: 'svamp',
  evaluationSplits: ['test'],
  read: problemReader(NUMBER),
  synthesize: synthesizeProblem('svamp'),
};
