/** A stretch of a text on its way to becoming tokens. */
export interface Piece {
  readonly text: string;
  /**
   * How many of its first code units stand for the first character of the text as it was given; 0 for pieces from further in.
   * Metaspace's scheme "first" goes by it.
   */
  readonly head: number;
}

/** A stretch of a text by its ends, in code units, and whether it is what was looked for. */
export type Span = readonly [start: number, end: number, found: boolean];

/** Cuts a text into spans, without gaps, some of which are what it looks for. */
export type Finder = (text: string) => Span[];

/** What becomes of what a pre-tokenizer finds (HF tokenizers, SplitDelimiterBehavior). */
export const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
export type Behavior = (typeof BEHAVIORS)[number];

/** The whole of a text as a piece. */
export const wholePiece = (text: string): Piece => ({ text, head: text === '' ? 0 : characterSize(text, 0) });

/** Code units of the character at an index. */
export const characterSize = (text: string, index: number): number => (text.codePointAt(index)! > 0xffff ? 2 : 1);

/** Whether an index is between the two halves of a character beyond U+FFFF. */
export const isWithinCharacter = (text: string, index: number): boolean => index > 0 && index < text.length && characterSize(text, index - 1) === 2;

/** A part of a piece. */
export function slicePiece({ text, head }: Piece, start: number, end: number): Piece {
  return { text: text.slice(start, end), head: Math.max(0, Math.min(head, end) - start) };
}

/** Changes a piece's text character by character, so that what becomes of its beginning depends on nothing that follows. */
export function mapPiece({ text, head }: Piece, change: (text: string) => string): Piece {
  return { text: change(text), head: head === 0 ? 0 : change(text.slice(0, head)).length };
}

/** Puts a text before a piece; it counts as part of the piece's first character. */
export function prependToPiece({ text, head }: Piece, prefix: string): Piece {
  return { text: prefix + text, head: head === 0 ? 0 : prefix.length + head };
}

/** Cuts a piece where spans end, as a behavior says (HF tokenizers, NormalizedString::split). Empty pieces are left out. */
export function splitPiece(piece: Piece, find: Finder, behavior: Behavior): Piece[] {
  const kept = join(find(piece.text), behavior);
  return kept.filter(([start, end]) => start < end).map(([start, end]) => slicePiece(piece, start, end));
}

function join(spans: readonly Span[], behavior: Behavior): readonly Span[] {
  if (behavior === 'Removed') return spans.filter(([, , found]) => !found);
  if (behavior === 'Isolated') return spans;
  if (behavior === 'MergedWithNext') return joinWith([...spans].reverse(), (found, before) => found && !before).reverse();
  return joinWith(spans, behavior === 'Contiguous' ? (found, before) => found === before : (found, before) => found && !before);
}

/** Joins each span to the one before it where `joins` says so of the two; before the first one nothing was found. */
function joinWith(spans: readonly Span[], joins: (found: boolean, before: boolean) => boolean): Span[] {
  const joined: Span[] = [];
  let before = false;
  for (const [start, end, found] of spans) {
    const last = joined.at(-1);
    if (last && joins(found, before)) joined[joined.length - 1] = [Math.min(last[0], start), Math.max(last[1], end), true];
    else joined.push([start, end, true]);
    before = found;
  }
  return joined;
}
