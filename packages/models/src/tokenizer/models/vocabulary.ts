import { UnmaskError } from '@unmask/tensor-core';
import { type ConfigReader, isCount } from '../../config.js';

/** A model's tokens and their ids. */
export class Vocabulary {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: ReadonlyMap<number, string>;

  /** @param entries where a token stands twice its last id counts */
  constructor(entries: Iterable<readonly [token: string, id: number]>) {
    this.#ids = new Map(entries);
    this.#tokens = new Map(Array.from(this.#ids, ([token, id]) => [id, token]));
  }

  /** Reads ids by token. */
  static read(settings: ConfigReader): Vocabulary {
    const entries = settings.entries('vocab');
    if (!entries.every(([, id]) => isCount(id))) settings.fail('vocab', 'token ids by token');
    return new Vocabulary(entries as [string, number][]);
  }

  get size(): number {
    return this.#ids.size;
  }

  get tokens(): Iterable<string> {
    return this.#ids.keys();
  }

  get largestId(): number {
    let largest = 0;
    for (const id of this.#ids.values()) largest = Math.max(largest, id);
    return largest;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens.get(id);
  }

  /** The ids of the tokens that stand for bytes, such as <0x41>; undefined when one of them is missing. */
  byteIds(bytes: Uint8Array): number[] | undefined {
    const ids = Array.from(bytes, (byte) => this.idOf(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`));
    return ids.every((id) => id !== undefined) ? ids : undefined;
  }

  /** The id of the token for unknown words. @throws UnmaskError when the vocabulary lacks it */
  unknownId(token: string): number {
    const id = this.idOf(token);
    if (id !== undefined) return id;
    throw new UnmaskError(`a text has a word that the vocabulary lacks, and so does it the token for those, ${JSON.stringify(token)}: add it to the vocabulary in tokenizer.json`, { code: 'bad-data' });
  }
}
