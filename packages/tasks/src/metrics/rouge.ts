import { meanOf, type Metric } from './metric.js';

/**
 * ROUGE of summaries (Lin, 2004), as the rouge-score package computes it without stemming: the F-measure of shared pieces, of
 * several references the best, averaged over the examples; 0 … 1.
 */
type Rouge = Metric<string, readonly string[]>;

/** ROUGE-1: pieces are words. */
export const rouge1: Rouge = rouge((answer, reference) => overlap(ngrams(answer, 1), ngrams(reference, 1)));

/** ROUGE-2: pieces are pairs of neighbouring words. */
export const rouge2: Rouge = rouge((answer, reference) => overlap(ngrams(answer, 2), ngrams(reference, 2)));

/** ROUGE-L: what is shared is the longest common subsequence of words, of the texts as a whole. */
export const rougeL: Rouge = rouge((answer, reference) => fMeasure(longestCommonSubsequence(answer, reference), answer.length, reference.length));

function rouge(compare: (answer: readonly string[], reference: readonly string[]) => number): Rouge {
  return meanOf((answer, references) => Math.max(...references.map((reference) => compare(wordsOf(answer), wordsOf(reference)))));
}

/** Runs of ASCII letters and digits, in lower case; everything else separates them. */
const wordsOf = (text: string) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

const ngrams = (words: readonly string[], size: number) => words.slice(size - 1).map((_, start) => words.slice(start, start + size).join(' '));

/** F-measure of the pieces that two lists share, each as often as in the list that has it less often. */
function overlap(answer: readonly string[], reference: readonly string[]): number {
  const left = new Map<string, number>();
  for (const piece of reference) left.set(piece, (left.get(piece) ?? 0) + 1);
  let shared = 0;
  for (const piece of answer) {
    const count = left.get(piece) ?? 0;
    if (count === 0) continue;
    left.set(piece, count - 1);
    shared++;
  }
  return fMeasure(shared, answer.length, reference.length);
}

/** Harmonic mean of shared / answered and shared / expected; 0 when nothing is shared. */
function fMeasure(shared: number, answered: number, expected: number): number {
  return shared === 0 ? 0 : (2 * shared) / (answered + expected);
}

/** Length of the longest list that is a subsequence of both, by dynamic programming over one row. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const lengths = new Uint32Array(b.length + 1); // of a's words so far, with the first j of b
  for (const word of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = lengths[j];
      lengths[j] = word === b[j - 1] ? diagonal + 1 : Math.max(above, lengths[j - 1]);
      diagonal = above;
    }
  }
  return lengths[b.length];
}
