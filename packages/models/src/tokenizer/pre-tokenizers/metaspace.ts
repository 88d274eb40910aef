import type { ConfigReader } from '../../config.js';
import { finderOf } from '../pattern.js';
import { type Piece, prependToPiece, splitPiece } from '../piece.js';
import { readCharacter, type Step } from '../steps.js';

/** Where a blank that is not there is put before a piece. */
const SCHEMES = ['always', 'first', 'never'] as const;

/** The settings of Metaspace, of the pre-tokenizer and of the decoder. */
export interface MetaspaceSettings {
  /** The character that stands for a space. */
  readonly replacement: string;
  readonly scheme: (typeof SCHEMES)[number];
}

/** Reads them; older files say no more than whether there is a blank. */
export function readMetaspace(settings: ConfigReader): MetaspaceSettings {
  const scheme = settings.choice('prepend_scheme', SCHEMES, 'always');
  return { replacement: readCharacter(settings, 'replacement'), scheme: settings.flag('add_prefix_space', true) ? scheme : 'never' };
}

/** Reads SentencePiece's pre-tokenizer: spaces become a visible character, which words begin with. */
export function metaspace(settings: ConfigReader): Step<Piece, Piece[]> {
  const { replacement, scheme } = readMetaspace(settings);
  const splits = settings.flag('split', true);
  const find = finderOf(new RegExp(`\\u{${replacement.codePointAt(0)!.toString(16)}}`, 'gu'));
  return {
    run: ({ text, head }) => {
      const shown = { text: text.replaceAll(' ', () => replacement), head };
      const begins = !shown.text.startsWith(replacement) && (scheme === 'always' || (scheme === 'first' && head > 0));
      const piece = begins ? prependToPiece(shown, replacement) : shown;
      return splits ? splitPiece(piece, find, 'MergedWithNext') : [piece];
    },
    growth: 2,
  };
}
