import { UnmaskError } from '@unmask/tensor-core';
import { topIndices } from './top.js';

/** How the likeliest sequence is searched for, instead of the likeliest token each time. */
export interface Beams {
  /** Sequences that are followed at once, from 2 up. */
  readonly count: number;
  /** Sums of log-probabilities are divided by length^penalty: above 0 long sequences are favoured; 1 by default. */
  readonly lengthPenalty?: number | undefined;
  /** Whether it ends as soon as `count` sequences have ended, or goes on while better ones may come; false by default. */
  readonly earlyStopping?: boolean | undefined;
}

/** @throws UnmaskError naming an option out of range */
export function checkBeams({ count, lengthPenalty = 1 }: Beams): void {
  if (!Number.isSafeInteger(count) || count < 2) throw new UnmaskError(`beams.count is ${count}, expected a whole number from 2 up`);
  if (!Number.isFinite(lengthPenalty)) throw new UnmaskError(`beams.lengthPenalty is ${lengthPenalty}, expected a number`);
}

/** A sequence and its sum of log-probabilities, or once it has ended that sum over length^penalty; in float32. */
interface Beam {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** Taken off the score of what must not be chosen, as in HF transformers. */
const NEVER = 1e9;

/** Beam search from one prompt (HF transformers, generation/utils.py, _beam_search). */
export class BeamSearch {
  readonly #options: Required<{ [K in keyof Beams]: NonNullable<Beams[K]> }>;
  readonly #eosIds: ReadonlySet<number>;
  readonly #maxNewTokens: number;
  /** Sequences that go on, best first: at the beginning the prompt alone. */
  #running: readonly Beam[] = [{ tokens: [], score: 0 }];
  /** Sequences that have ended, best first. */
  #ended: readonly Beam[] = [];
  #done = false;

  constructor({ count, lengthPenalty = 1, earlyStopping = false }: Beams, eosIds: Iterable<number>, maxNewTokens: number) {
    this.#options = { count, lengthPenalty, earlyStopping };
    this.#eosIds = new Set(eosIds);
    this.#maxNewTokens = maxNewTokens;
  }

  /** Whether nothing better can come. */
  get done(): boolean {
    return this.#done;
  }

  /** The new tokens of each running sequence. */
  get running(): readonly (readonly number[])[] {
    return this.#running.map(({ tokens }) => tokens);
  }

  /** The new tokens of the best sequence that has ended. */
  get best(): readonly number[] {
    return this.#ended[0].tokens;
  }

  /**
   * Goes on by one token.
   * @param logProbabilities of the next token after each running sequence
   * @returns which of these sequences each of the `count` running ones now goes on from
   */
  advance(logProbabilities: readonly Float32Array[]): number[] {
    const { count, lengthPenalty, earlyStopping } = this.#options;
    const candidates = this.#candidates(logProbabilities);
    const length = this.#running[0].tokens.length + 1;
    const ends = ({ tokens }: Beam) => length === this.#maxNewTokens || this.#eosIds.has(tokens[length - 1]);
    const scale = Math.fround(length ** lengthPenalty);
    const full = () => this.#ended.length === count;

    if (!this.#done) {
      // Only among the first `count` candidates: the others are there in case these end.
      const ended = candidates.slice(0, count).filter(ends).map(({ tokens, score }) => ({ tokens, score: Math.fround(score / scale) }));
      this.#ended = best([...this.#ended, ...ended], count);
    }
    const going = candidates.map((beam) => ({ ...beam, score: ends(beam) ? Math.fround(beam.score - NEVER) : beam.score }));
    const next = best(going, count);
    this.#running = next;
    const hopeless = full() && Math.fround(next[0].score / scale) <= this.#ended[count - 1].score;
    this.#done ||= hopeless || (earlyStopping && full()) || length === this.#maxNewTokens;
    return next.map(({ parent }) => parent);
  }

  /** The best continuations of all running sequences: enough for `count` to go on when others end. */
  #candidates(logProbabilities: readonly Float32Array[]): (Beam & { readonly parent: number })[] {
    const wanted = Math.max(2, 1 + this.#eosIds.size) * this.#options.count;
    const continuations = this.#running.flatMap(({ tokens, score }, parent) =>
      topIndices(logProbabilities[parent], wanted).map((token) => {
        return { tokens: [...tokens, token], score: Math.fround(score + logProbabilities[parent][token]), parent };
      }),
    );
    return best(continuations, wanted);
  }
}

/** The best beams; of equal ones the first. */
function best<B extends Beam>(beams: readonly B[], count: number): B[] {
  return beams.toSorted((a, b) => b.score - a.score).slice(0, count);
}
