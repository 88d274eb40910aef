import { ratioOf } from './metric.js';

/** How a language model reads one text: the logarithm of the probability of its tokens, how many count, and of how many it was the likeliest. */
export type TextReading = readonly [logProbability: number, tokens: number, likeliest: number];

/** Mean cross entropy of a token, in nats: lower is better. */
export const tokenLoss = ratioOf<TextReading, unknown>(([logProbability, tokens]) => [-logProbability, tokens]);

/** exp of the mean cross entropy of a token: lower is better. */
export const perplexity = (readings: ArrayLike<TextReading>, truths: ArrayLike<unknown>): number => Math.exp(tokenLoss(readings, truths));

/** Geometric mean of the probability of a token, 1 / perplexity: what a language model is ranked by, since higher is better. */
export const tokenProbability = (readings: ArrayLike<TextReading>, truths: ArrayLike<unknown>): number => Math.exp(-tokenLoss(readings, truths));

/** Share of the tokens that the model holds for the likeliest. */
export const tokenAccuracy = ratioOf<TextReading, unknown>(([, tokens, likeliest]) => [likeliest, tokens]);

/** What a language model is measured by. */
export const languageMetrics = { tokenProbability, perplexity, loss: tokenLoss, tokenAccuracy };
