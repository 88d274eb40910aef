import type { ConfigReader } from '../../config.js';
import { Vocabulary } from './vocabulary.js';

/** Most characters of a token. */
const LONGEST = 10_000;

/** Words are tokens as they stand; others are unknown. */
export class WordLevel {
  readonly vocabulary: Vocabulary;
  readonly #unknown: string;

  constructor(settings: ConfigReader) {
    this.vocabulary = Vocabulary.read(settings);
    this.#unknown = settings.text('unk_token', LONGEST);
  }

  encode(text: string): number[] {
    return [this.vocabulary.idOf(text) ?? this.vocabulary.unknownId(this.#unknown)];
  }
}
