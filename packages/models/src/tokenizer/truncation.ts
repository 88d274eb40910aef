/**
 * How many tokens of two texts fit into `room`: what the shorter one leaves goes to the longer one, and when both are
 * longer than half the room they share it, an odd token going to the longer (HF tokenizers, truncate_encodings with
 * `longest_first`).
 */
export function longestFirst(first: number, second: number, room: number): [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const [ofShorter, ofLonger] = shorter <= room - shorter ? [shorter, room - shorter] : [Math.floor(room / 2), Math.ceil(room / 2)];
  return first > second ? [ofLonger, ofShorter] : [ofShorter, ofLonger];
}

/** At which end texts lose the tokens that are too many. */
export const TRUNCATION_SIDES = ['right', 'left'] as const;
export type TruncationSide = (typeof TRUNCATION_SIDES)[number];

/** What is left of a text of which `kept` tokens fit. */
export const truncated = <T>(tokens: readonly T[], kept: number, side: TruncationSide): T[] => (side === 'right' ? tokens.slice(0, kept) : tokens.slice(tokens.length - kept));
