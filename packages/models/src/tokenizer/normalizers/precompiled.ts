import { UnmaskError } from '@unmask/tensor-core';
import { bytesOf, textOf } from '../bytes.js';

/** Graphemes of more bytes than this are looked up character by character. */
const LONGEST_GRAPHEME = 5;

/**
 * SentencePiece's table of replacements: the size of a double-array trie in bytes, the trie, and the texts that its values
 * point to, each ending in a zero byte (spm_precompiled; Darts-clone has the layout of the trie).
 * @param table in base64
 * @throws UnmaskError when it is none
 */
export function precompiled(table: string): (text: string) => string {
  const bytes = Uint8Array.from(decodeBase64(table), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const size = bytes.length >= 4 ? view.getUint32(0, true) : -1;
  if (size <= 0 || size % 4 !== 0 || size > bytes.length - 4) {
    throw new UnmaskError('tokenizer.json: "normalizer.precompiled_charsmap" is no table of replacements: save the tokenizer again', { code: 'bad-file' });
  }
  const trie = Uint32Array.from({ length: size / 4 }, (_, index) => view.getUint32(4 + 4 * index, true));
  const texts = bytes.subarray(4 + size);
  const replacement = (text: string): string | undefined => {
    const start = shortestPrefix(trie, bytesOf(text));
    if (start === undefined || start >= texts.length) return undefined;
    const end = texts.indexOf(0, start);
    return textOf(texts.subarray(start, end === -1 ? undefined : end));
  };
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    let changed = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = bytesOf(segment).length <= LONGEST_GRAPHEME ? replacement(segment) : undefined;
      changed += whole ?? Array.from(segment, (character) => replacement(character) ?? character).join('');
    }
    return changed;
  };
}

function decodeBase64(table: string): string {
  try {
    return atob(table);
  } catch {
    return '';
  }
}

/** What a unit of the trie says of its children. */
const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** The value of the shortest entry that the bytes begin with. */
function shortestPrefix(trie: Uint32Array, bytes: Uint8Array): number | undefined {
  let node = offsetOf(trie[0]);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = trie[node] ?? 0;
    if ((unit & 0x8000_00ff) >>> 0 !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit & 0x100) !== 0) return (trie[node] ?? 0) & 0x7fff_ffff;
  }
  return undefined;
}
