import { UnmaskError } from '@unmask/tensor-core';

/** @throws UnmaskError when the penalty is out of range */
export function checkRepetitionPenalty(penalty: number): void {
  if (!(penalty > 0 && penalty < Infinity)) throw new UnmaskError(`repetitionPenalty is ${penalty}, expected a number above 0, 1 for none`);
}

/**
 * Lowers the scores of tokens that a sequence holds already, in place: positive ones are divided by the penalty, negative ones
 * multiplied (Keskar et al. 2019; HF transformers, RepetitionPenaltyLogitsProcessor).
 */
export function penalizeRepetition(scores: Float32Array, seen: Iterable<number>, penalty: number): void {
  if (penalty === 1) return;
  for (const token of new Set(seen)) scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
}
