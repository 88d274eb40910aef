/** What a text is cut into before pairs are joined: single digits, and GPT-2's pieces of all else. */
const PIECES = /\p{N}|'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** A vocabulary of byte pairs. */
export interface BytePairs {
  /** In the order of their ids. */
  readonly tokens: readonly string[];
  /** The pairs that are joined, first the most frequent. */
  readonly merges: readonly (readonly [string, string])[];
}

/** Bytes as the printable characters that GPT-2's tokenizer writes for them. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

/**
 * Learns byte pairs (Sennrich et al., 2016, on bytes): the most frequent neighbours become a token until there are `size` tokens;
 * of equally frequent ones those that are first in the alphabet.
 * @param specials tokens that come first and are found in no text
 */
export function learnBytePairs(texts: readonly string[], size: number, specials: readonly string[]): BytePairs {
  const words = [...countPieces(texts)].map(([piece, count]) => ({ symbols: [...Buffer.from(piece)].map((byte) => BYTE_CHARACTERS[byte]), count }));
  const tokens = [...specials, ...[...BYTE_CHARACTERS].sort()];
  const merges: [string, string][] = [];
  while (tokens.length < size) {
    const best = mostFrequentPair(words);
    if (best === undefined) break;
    merges.push(best);
    tokens.push(best.join(''));
    for (const word of words) word.symbols = join(word.symbols, best);
  }
  return { tokens, merges };
}

function countPieces(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [piece] of text.matchAll(PIECES)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}

function mostFrequentPair(words: readonly { readonly symbols: readonly string[]; readonly count: number }[]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let index = 1; index < symbols.length; index++) {
      const pair = `${symbols[index - 1]} ${symbols[index]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  const [first] = [...counts].sort(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1));
  return first?.[0].split(' ') as [string, string] | undefined;
}

function join(symbols: readonly string[], [left, right]: readonly [string, string]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < symbols.length; index++) {
    const pair = symbols[index] === left && symbols[index + 1] === right;
    joined.push(pair ? left + right : symbols[index]);
    if (pair) index++;
  }
  return joined;
}

/** GPT-2's bytes_to_unicode: printable Latin-1 characters stand for themselves, the others for characters from 256 on. */
function byteCharacters(): string[] {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : 256 + others++));
}
