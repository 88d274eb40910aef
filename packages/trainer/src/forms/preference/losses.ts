/** What a model and the model before training hold of the two answers of an example: sums of the logarithms of their tokens' probabilities. */
export interface AnswerPair {
  readonly chosen: number;
  readonly rejected: number;
}

/** A loss with its slope along what a pair's values are. */
export interface PairLoss extends AnswerPair {
  readonly value: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** −ln σ(x), without overflow. */
const softplusOfMinus = (x: number): number => Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Direct preference optimisation (Rafailov et al. 2023, eq. 7): −ln σ(β·((c − c₀) − (r − r₀))), of sums of log-probabilities under
 * the model and, with index 0, under the model before training. With label smoothing ε the answers are held to be swapped in a
 * share ε of the examples (conservative DPO, Mitchell 2023).
 * @returns the loss and its slopes along c and r
 */
export function dpo(model: AnswerPair, reference: AnswerPair, beta: number, smoothing = 0): PairLoss {
  const margin = beta * (model.chosen - reference.chosen - (model.rejected - reference.rejected));
  const slope = beta * (smoothing * sigmoid(margin) - (1 - smoothing) * sigmoid(-margin));
  return { value: (1 - smoothing) * softplusOfMinus(margin) + smoothing * softplusOfMinus(-margin), chosen: slope, rejected: -slope };
}

/**
 * The odds ratio of ORPO (Hong et al. 2024, eq. 7): −β·ln σ(ln odds(c) − ln odds(r)), odds(x) = e^x / (1 − e^x), of means of
 * log-probabilities. The cross entropy of the chosen answer is added to it.
 * @returns the loss and its slopes along c and r
 */
export function oddsRatio({ chosen, rejected }: AnswerPair, beta: number): PairLoss {
  const logOdds = (mean: number) => mean - Math.log1p(-Math.exp(mean));
  const slopeOfOdds = (mean: number) => 1 / -Math.expm1(mean);
  const difference = logOdds(chosen) - logOdds(rejected);
  const slope = -beta * sigmoid(-difference);
  return { value: beta * softplusOfMinus(difference), chosen: slope * slopeOfOdds(chosen), rejected: -slope * slopeOfOdds(rejected) };
}
