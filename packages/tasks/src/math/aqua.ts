import { synthesizeChoice } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { CHOICE, problemReader, wordProblem } from './word-problem.js';

/** AQuA: algebraic word problems with five options, of which an answer names the letter. */
export const aqua: GenerationTask = {
  ...wordProblem,
  name: 'aqua',
  evaluationSplits: ['validation', 'test'],
  read: problemReader(CHOICE),
  synthesize: synthesizeChoice,
};
