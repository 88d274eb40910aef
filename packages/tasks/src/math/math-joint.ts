import { synthesizeMixture } from '../synthetic/arithmetic.js';
import type { GenerationTask } from '../task.js';
import { NUMBER_OR_CHOICE, problemReader, wordProblem } from './word-problem.js';

/** Word problems of several tasks, for training only: what a model for all of them is trained on. */
export const mathJoint: GenerationTask = {
  ...wordProblem,
  name: 'math_joint',
  evaluationSplits: [],
  read: problemReader(NUMBER_OR_CHOICE),
  synthesize: synthesizeMixture,
};
