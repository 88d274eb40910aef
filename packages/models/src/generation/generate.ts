import { nextTurn } from '@unmask/tensor-core';
import type { TransformerModel } from '../model.js';
import { Decoding } from './decoding.js';
import { generateBeams } from './generate-beams.js';
import { checkOptions, checkRoom, type GenerationOptions, limitOf } from './options.js';
import { penalizeRepetition } from './repetition.js';
import { distribution, draw } from './sampling.js';
import { topIndices } from './top.js';

/** What was added to a prompt. */
export interface GeneratedTokens {
  /** The new tokens; if the sequence ended, the last one is the one that ended it. */
  readonly tokens: readonly number[];
  /** Whether it ended by itself or at the maximum length. */
  readonly finishReason: 'eos' | 'length';
}

/**
 * Goes on with prompts of token ids, one batch.
 * @param model a decoder with a language-model head
 * @param prompts token ids, special ones included; their lengths may differ
 * @returns what was added to each
 * @throws UnmaskError when an option is out of range, or a prompt is empty or as long as `maxPositions`; the reason of `signal`
 */
export async function generate(model: TransformerModel, prompts: readonly (readonly number[])[], options: GenerationOptions): Promise<GeneratedTokens[]> {
  checkOptions(options);
  for (const prompt of prompts) checkRoom(prompt, options.maxPositions);
  const tokens = options.beams ? await generateBeams(model, prompts, options.beams, options) : await collect(model, prompts, options);
  return tokens.map((each) => ({ tokens: each, finishReason: options.eosIds?.includes(each.at(-1)!) ? 'eos' : 'length' }));
}

/**
 * Goes on with one prompt and gives out each token at once; the event loop turns between two tokens. A consumer that stops
 * early leaves nothing behind. Beams are known only at the end, so they come all at once.
 * @throws UnmaskError as {@link generate}
 */
export async function* generateStream(model: TransformerModel, prompt: readonly number[], options: GenerationOptions): AsyncGenerator<number, void> {
  checkOptions(options);
  checkRoom(prompt, options.maxPositions);
  if (options.beams) {
    const [{ tokens }] = await generate(model, [prompt], options);
    yield* tokens;
    return;
  }
  for await (const [token] of steps(model, [prompt], options)) yield token!;
}

async function collect(model: TransformerModel, prompts: readonly (readonly number[])[], options: GenerationOptions): Promise<number[][]> {
  const sequences = prompts.map((): number[] => []);
  for await (const tokens of steps(model, prompts, options)) {
    tokens.forEach((token, row) => token !== undefined && sequences[row].push(token));
  }
  return sequences;
}

/** Each step's token of each sequence, undefined for those that have ended, which leave the batch. */
async function* steps(model: TransformerModel, prompts: readonly (readonly number[])[], options: GenerationOptions): AsyncGenerator<(number | undefined)[], void> {
  const { eosIds = [], sampling, repetitionPenalty = 1, signal } = options;
  signal?.throwIfAborted();
  let running = prompts.map((prompt, index) => ({ index, tokens: [...prompt], last: prompt.length + limitOf(prompt, options), random: sampling?.random.fork(`sequence ${index}`) }));
  const { decoding, logits: first } = Decoding.start(model, prompts);
  try {
    for (let logits = first; ; ) {
      const chosen = new Array<number | undefined>(prompts.length).fill(undefined);
      running.forEach(({ index, tokens, random }, row) => {
        penalizeRepetition(logits[row], tokens, repetitionPenalty);
        const token = sampling && random ? draw(distribution(logits[row], sampling), random) : topIndices(logits[row], 1)[0];
        tokens.push(token);
        chosen[index] = token;
      });
      yield chosen;
      const rows = [...running.keys()].filter((row) => !eosIds.includes(running[row].tokens.at(-1)!) && running[row].tokens.length < running[row].last);
      if (rows.length === 0) return;
      await nextTurn();
      signal?.throwIfAborted();
      if (rows.length < running.length) decoding.reorder(rows);
      running = rows.map((row) => running[row]);
      logits = decoding.next(running.map(({ tokens }) => tokens.at(-1)!));
    }
  } finally {
    decoding.dispose();
  }
}
