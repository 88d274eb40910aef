import { nextTurn } from '@unmask/tensor-core';
import type { TransformerModel } from '../model.js';
import { type Beams, BeamSearch } from './beam-search.js';
import { Decoding } from './decoding.js';
import { logSoftmax } from './log-softmax.js';
import { type GenerationOptions, limitOf } from './options.js';
import { penalizeRepetition } from './repetition.js';

/** Searches for the likeliest continuation of each prompt, all in one batch. @returns the new tokens of each */
export async function generateBeams(
  model: TransformerModel,
  prompts: readonly (readonly number[])[],
  beams: Beams,
  options: GenerationOptions,
): Promise<(readonly number[])[]> {
  const { eosIds = [], repetitionPenalty = 1, signal } = options;
  signal?.throwIfAborted();
  const searches = prompts.map((prompt) => new BeamSearch(beams, eosIds, limitOf(prompt, options)));
  const { decoding, logits: first } = Decoding.start(model, prompts);
  try {
    for (let logits = first; ; ) {
      let row = 0;
      // the rows of the batch that the next one goes on from
      const parents = searches.flatMap((search, index) => {
        const start = row;
        const logProbabilities = search.running.map((tokens) => {
          const scores = logSoftmax(logits[row++]);
          penalizeRepetition(scores, [...prompts[index], ...tokens], repetitionPenalty);
          return scores;
        });
        return search.advance(logProbabilities).map((beam) => start + beam);
      });
      if (searches.every(({ done }) => done)) return searches.map(({ best }) => best);
      await nextTurn();
      signal?.throwIfAborted();
      decoding.reorder(parents);
      logits = decoding.next(searches.flatMap(({ running }) => running.map((tokens) => tokens.at(-1)!)));
    }
  } finally {
    decoding.dispose();
  }
}
