import type { ConfigReader } from '../../config.js';
import { Bpe } from './bpe.js';
import { Unigram } from './unigram.js';
import type { Vocabulary } from './vocabulary.js';
import { WordLevel } from './word-level.js';
import { WordPiece } from './word-piece.js';

/** Splits words into tokens of its vocabulary. */
export interface SubwordModel {
  readonly vocabulary: Vocabulary;
  /** The token ids of a piece of text, which is not empty. @throws UnmaskError when it has an unknown word and no token for those */
  encode(text: string): number[];
}

const KINDS: Readonly<Record<string, new (settings: ConfigReader) => SubwordModel>> = { BPE: Bpe, Unigram, WordPiece, WordLevel };

/** Reads tokenizer.json's model. @throws UnmaskError naming a field that is missing, out of range or not supported */
export function readModel(definition: ConfigReader): SubwordModel {
  const settings = definition.section('model');
  return new KINDS[kindOf(settings)](settings);
}

/** The kind of a model; old files do not name it. */
function kindOf(settings: ConfigReader): string {
  if (settings.has('type')) return settings.choice('type', Object.keys(KINDS));
  if (settings.has('merges')) return 'BPE';
  if (settings.has('continuing_subword_prefix')) return 'WordPiece';
  return settings.has('unk_token') ? 'WordLevel' : 'Unigram';
}
