import type { ConfigReader } from '../../config.js';
import { finderOf, inverted, readPattern } from '../pattern.js';
import { type Behavior, BEHAVIORS, characterSize, type Finder, type Piece, slicePiece, splitPiece } from '../piece.js';
import { type Kinds, readCharacter, readSteps, type Step } from '../steps.js';
import { BLANKS, NUMERIC, PUNCTUATION, WORD } from '../unicode.js';
import { byteLevel } from './byte-level.js';
import { metaspace } from './metaspace.js';

type Split = Step<Piece, Piece[]>;

const splitting = (find: Finder, behavior: Behavior): Split => ({ run: (piece) => splitPiece(piece, find, behavior) });

const blanks = finderOf(BLANKS);
const punctuation = finderOf(PUNCTUATION);
const numbers = finderOf(NUMERIC);

/** Words, and runs of what is neither of a word nor blank. */
const words = finderOf(new RegExp(String.raw`[${WORD}]+|[^${WORD}\p{White_Space}]+`, 'gu'));

/** Characters of a chunk when none are given. */
const CHUNK = 5;

const KINDS: Kinds<Piece, Piece[]> = {
  BertPreTokenizer: () => ({ run: (piece) => splitPiece(piece, blanks, 'Removed').flatMap((word) => splitPiece(word, punctuation, 'Isolated')) }),
  ByteLevel: byteLevel,
  CharDelimiterSplit: (settings) => {
    const delimiter = readCharacter(settings, 'delimiter');
    return splitting(finderOf(new RegExp(`\\u{${delimiter.codePointAt(0)!.toString(16)}}`, 'gu')), 'Removed');
  },
  Digits: (settings) => splitting(numbers, settings.flag('individual_digits', false) ? 'Isolated' : 'Contiguous'),
  FixedLength: (settings) => {
    const length = settings.size('length', CHUNK);
    return { run: (piece) => chunks(piece, length) };
  },
  Metaspace: metaspace,
  Punctuation: (settings) => splitting(punctuation, settings.choice('behavior', BEHAVIORS, 'Isolated')),
  Split: (settings) => {
    const find = finderOf(readPattern(settings));
    return splitting(settings.flag('invert', false) ? inverted(find) : find, settings.choice('behavior', BEHAVIORS));
  },
  Whitespace: () => splitting(inverted(words), 'Removed'),
  WhitespaceSplit: () => splitting(blanks, 'Removed'),
};

function chunks(piece: Piece, length: number): Piece[] {
  const pieces: Piece[] = [];
  for (let start = 0, end = 0; start < piece.text.length; start = end) {
    for (let count = 0; count < length && end < piece.text.length; count++) end += characterSize(piece.text, end);
    pieces.push(slicePiece(piece, start, end));
  }
  return pieces;
}

/**
 * Reads how tokenizer.json splits texts before its model looks at them.
 * @throws UnmaskError naming a kind or setting that is not supported
 */
export function readPreTokenizer(definition: ConfigReader): (piece: Piece) => Piece[] {
  const steps = readSteps(definition, 'pre_tokenizer', 'pretokenizers', KINDS);
  return (piece) => steps.reduce((pieces, { run }) => pieces.flatMap(run), [piece]);
}
