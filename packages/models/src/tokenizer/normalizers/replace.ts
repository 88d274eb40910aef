import type { Finder, Piece } from '../piece.js';

/** Puts a text in the place of each one that is found (HF tokenizers, NormalizedString::replace). */
export function replaceAll(piece: Piece, find: Finder, content: string): Piece {
  const parts: string[] = [];
  let head = 0;
  for (const [start, end, found] of find(piece.text)) {
    parts.push(found ? content : piece.text.slice(start, end));
    // what is put in counts as part of the last character that it stands for
    if (!found) head += Math.max(0, Math.min(end, piece.head) - start);
    else if (end <= piece.head) head += content.length;
  }
  return { text: parts.join(''), head };
}
