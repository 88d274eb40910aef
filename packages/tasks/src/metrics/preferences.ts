import { meanOf } from './metric.js';

/** What a model holds of two answers: their rewards, by which it is trained, and the mean logarithm of the probability of their tokens. */
export type PreferenceReading = readonly [chosen: number, rejected: number, chosenLikelihood: number, rejectedLikelihood: number];

/** Share of examples whose chosen answer has the larger reward (TRL's `rewards/accuracies`). */
export const rewardAccuracy = meanOf<PreferenceReading, unknown>(([chosen, rejected]) => Number(chosen > rejected));

/** Mean of how much larger the reward of the chosen answer is (TRL's `rewards/margins`). */
export const rewardMargin = meanOf<PreferenceReading, unknown>(([chosen, rejected]) => chosen - rejected);

/** Share of examples whose chosen answer is the likelier one, by the mean over its tokens. */
export const likelierChosen = meanOf<PreferenceReading, unknown>(([, , chosen, rejected]) => Number(chosen > rejected));
