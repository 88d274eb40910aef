import type { ConfigReader } from '../../config.js';
import { toByteCharacters } from '../bytes.js';
import { finderOf } from '../pattern.js';
import { mapPiece, type Piece, prependToPiece, splitPiece } from '../piece.js';
import type { Step } from '../steps.js';

/** Contractions, words, numbers and the rest, each with one space before it (GPT-2, encoder.py). */
const TOKENS = finderOf(/'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu);

/** Reads the pre-tokenizer of byte-level models, which writes a character for each byte. */
export function byteLevel(settings: ConfigReader): Step<Piece, Piece[]> {
  const [prefixes, splits] = [settings.flag('add_prefix_space', true), settings.flag('use_regex', true)];
  return {
    run: (piece) => {
      const spaced = prefixes && !piece.text.startsWith(' ') ? prependToPiece(piece, ' ') : piece;
      const pieces = splits ? splitPiece(spaced, TOKENS, 'Isolated') : [spaced];
      return pieces.map((each) => mapPiece(each, toByteCharacters));
    },
    growth: prefixes ? 4 : 3,
  };
}
