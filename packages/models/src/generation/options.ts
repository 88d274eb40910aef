import { UnmaskError } from '@unmask/tensor-core';
import { type Beams, checkBeams } from './beam-search.js';
import { checkRepetitionPenalty } from './repetition.js';
import { checkSampling, type Sampling } from './sampling.js';

/** How a sequence goes on; the likeliest token each time unless `sampling` or `beams` says otherwise. */
export interface GenerationOptions {
  /** From 1 up. */
  readonly maxNewTokens: number;
  /** Most tokens of a sequence, its prompt among them, which must be shorter; no limit by default. */
  readonly maxPositions?: number | undefined;
  /** Tokens that end a sequence; none by default. */
  readonly eosIds?: readonly number[] | undefined;
  /** Draws tokens. */
  readonly sampling?: Sampling | undefined;
  /** Searches for the likeliest sequence. */
  readonly beams?: Beams | undefined;
  /** Above 1, makes tokens less likely that the prompt or the sequence holds already; 1 by default. */
  readonly repetitionPenalty?: number | undefined;
  /** Ends the generation with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Most tokens that may be added to a prompt. */
export function limitOf(prompt: readonly number[], { maxNewTokens, maxPositions = Infinity }: GenerationOptions): number {
  return Math.min(maxNewTokens, maxPositions - prompt.length);
}

/** @throws UnmaskError when a prompt leaves no room in the model's positions */
export function checkRoom({ length }: readonly number[], maxPositions = Infinity): void {
  if (length >= maxPositions) throw new UnmaskError(`the prompt has ${length} tokens and leaves no room in the model's ${maxPositions} positions: shorten it`);
}

/** @throws UnmaskError naming an option out of range */
export function checkOptions({ maxNewTokens, sampling, beams, repetitionPenalty = 1 }: GenerationOptions): void {
  if (!Number.isSafeInteger(maxNewTokens) || maxNewTokens < 1) throw new UnmaskError(`maxNewTokens is ${maxNewTokens}, expected a whole number from 1 up`);
  if (sampling && beams) throw new UnmaskError('beams search for the likeliest sequence and sampling draws one: give either');
  if (sampling) checkSampling(sampling);
  if (beams) checkBeams(beams);
  checkRepetitionPenalty(repetitionPenalty);
}
