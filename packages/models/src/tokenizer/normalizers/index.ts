import type { ConfigReader } from '../../config.js';
import { toByteCharacters } from '../bytes.js';
import { finderOf, readPattern } from '../pattern.js';
import { mapPiece, type Piece, prependToPiece, slicePiece } from '../piece.js';
import { INSERTED, type Kinds, readSteps, type Step } from '../steps.js';
import { inForm, MARKS } from '../unicode.js';
import { bert } from './bert.js';
import { lowercase, nmt } from './characters.js';
import { precompiled } from './precompiled.js';
import { replaceAll } from './replace.js';

const mapping = (change: (text: string) => string, growth = 1): Step<Piece, Piece> => ({ run: (piece) => mapPiece(piece, change), growth });

const unicodeForm = (form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD') => () => mapping((text) => inForm(text, form));

const KINDS: Kinds<Piece, Piece> = {
  BertNormalizer: (settings) => mapping(bert(settings), 3),
  ByteLevel: () => mapping(toByteCharacters, 3),
  Lowercase: () => mapping(lowercase),
  NFC: unicodeForm('NFC'),
  NFD: unicodeForm('NFD'),
  NFKC: unicodeForm('NFKC'),
  NFKD: unicodeForm('NFKD'),
  Nmt: () => mapping(nmt),
  Precompiled: (settings) => mapping(precompiled(settings.text('precompiled_charsmap', LONGEST_TABLE))),
  Prepend: (settings) => {
    const prefix = settings.text('prepend', INSERTED);
    return { run: (piece) => (piece.text === '' ? piece : prependToPiece(piece, prefix)), growth: 1 + prefix.length };
  },
  Replace: (settings) => {
    const [find, content] = [finderOf(readPattern(settings)), settings.text('content', INSERTED)];
    return { run: (piece) => replaceAll(piece, find, content), growth: content.length + 1 };
  },
  Strip: (settings) => {
    const [left, right] = [settings.flag('strip_left', false), settings.flag('strip_right', false)];
    return { run: (piece) => strip(piece, left, right) };
  },
  StripAccents: () => mapping((text) => text.replaceAll(MARKS, '')),
};

/** Most characters of a table of replacements; that of SentencePiece has 300,000. */
const LONGEST_TABLE = 4_000_000;

function strip(piece: Piece, left: boolean, right: boolean): Piece {
  const start = left ? /^\p{White_Space}*/u.exec(piece.text)![0].length : 0;
  let end = piece.text.length;
  while (right && end > start && /\p{White_Space}/u.test(piece.text[end - 1])) end--;
  return slicePiece(piece, start, end);
}

/**
 * Reads how tokenizer.json normalizes texts.
 * @throws UnmaskError naming a kind or setting that is not supported
 */
export function readNormalizer(definition: ConfigReader): (piece: Piece) => Piece {
  const steps = readSteps(definition, 'normalizer', 'normalizers', KINDS);
  return (piece) => steps.reduce((changed, { run }) => run(changed), piece);
}
