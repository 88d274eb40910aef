import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { Pipeline } from './pipeline.js';

/** Tokenizers with texts and what HF tokenizers gives for them, null where it fails (tools/reference/random_tokenizers.py). */
interface Reference {
  readonly definition: Record<string, unknown>;
  readonly rows: (readonly [text: string, ids: number[] | null, decoded: string | null, withoutSpecial: string | null])[];
}

const FILE = fileURLToPath(new URL('../../fixtures/random-tokenizers.jsonl', import.meta.url));
const references = readFileSync(FILE, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Reference);

/** What a task gives, or undefined where it is refused by name. */
function unlessRefused<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch (cause) {
    if (!UnmaskError.isInstance(cause)) throw cause;
    return undefined;
  }
}

test('random tokenizers give the ids and texts that HF tokenizers gives, or refuse', () => {
  let same = 0;
  for (const { definition, rows } of references) {
    const pipeline = unlessRefused(() => new Pipeline({ ...definition, post_processor: null }));
    for (const [text, expected, decoded, withoutSpecial] of rows) {
      const ids = pipeline && unlessRefused(() => pipeline.encode(text));
      if (!ids || !expected) continue;
      const inner = withoutEnds(definition, expected);
      expect({ text, ids }).toEqual({ text, ids: inner });
      if (decoded !== null) expect({ text, decoded: pipeline.decode(expected, false) }).toEqual({ text, decoded });
      if (withoutSpecial !== null) expect({ text, decoded: pipeline.decode(expected, true) }).toEqual({ text, decoded: withoutSpecial });
      same++;
    }
  }
  expect(same).toBeGreaterThan(240); // of 288
});

/** The ids without those that a post-processor put around them, one at each end. */
function withoutEnds({ post_processor: processor }: Record<string, unknown>, ids: number[]): number[] {
  return processor === null || (processor as { type: string }).type === 'ByteLevel' ? ids : ids.slice(1, -1);
}

const vocabulary = (...tokens: string[]) => Object.fromEntries(tokens.map((token, id) => [token, id]));
const words = (...tokens: string[]) => ({ type: 'WordLevel', unk_token: '?', vocab: vocabulary('?', ...tokens) });
const added = (content: string, flags: object = {}) => ({ id: 0, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false, ...flags });
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true };
const split = (pattern: object, behavior: string, invert = false) => ({ type: 'Split', pattern, behavior, invert });

/** The texts of the pieces that a pre-tokenizer makes of a text, for which each is a word of its own. */
function pieces(pre_tokenizer: object, text: string): string[] {
  const found = new Set<string>();
  for (let start = 0; start < text.length; start++) for (let end = start + 1; end <= text.length; end++) found.add(text.slice(start, end));
  const tokens = [...found];
  return new Pipeline({ pre_tokenizer, model: words(...tokens) }).encode(text).map((id) => tokens[id - 1] ?? '?');
}

describe('as HF tokenizers does', () => {
  test('unknown words are the unknown token', () => {
    expect(new Pipeline({ pre_tokenizer: { type: 'WhitespaceSplit' }, model: words('a', 'b') }).encode('a x b y')).toEqual([1, 0, 2, 0]);
  });

  test('letters beyond ASCII are of words, blanks are those of Unicode', () => {
    expect(pieces({ type: 'Whitespace' }, 'na\u00efve \u4eba-x\u0301 a\ufeffb\u0085c')).toEqual(['na\u00efve', '\u4eba', '-', 'x\u0301', 'a', '\ufeff', 'b', 'c']);
    expect(pieces({ type: 'WhitespaceSplit' }, 'a\ufeffb\u0085c\u3000d')).toEqual(['a\ufeffb', 'c', 'd']);
    expect(pieces(split({ Regex: '\\s' }, 'Removed'), 'a\ufeffb\u0085c')).toEqual(['a\ufeffb', 'c']);
  });

  test('word characters are those of Oniguruma', () => {
    expect(pieces(split({ Regex: '\\w+' }, 'Isolated'), 'a²-Ⓐ৴')).toEqual(['a²', '-', 'Ⓐ', '৴']);
    expect(pieces(split({ Regex: '[\\w]+' }, 'Isolated'), 'a²b')).toEqual(['a', '²', 'b']);
    expect(pieces(split({ Regex: '\\b' }, 'Isolated'), 'a²-b')).toEqual(['a²', '-', 'b']);
  });

  test('a single-word token is no part of words', () => {
    const pipeline = new Pipeline({ pre_tokenizer: { type: 'WhitespaceSplit' }, model: words('cat', 'cats', 'é'), added_tokens: [added('cat', { single_word: true })] });
    expect(pipeline.encode('cat cats -cat- écat')).toEqual([1, 2, 0, 1, 0, 0]);
  });

  test('only the first word gets a blank, also behind a normalizer and an added token', () => {
    const model = words('▁a', 'a', '<x>');
    const pipeline = new Pipeline({ normalizer: { type: 'NFKC' }, pre_tokenizer: metaspace, model, added_tokens: [added('<x>', { normalized: true })] });
    expect(pipeline.encode('a<x>a')).toEqual([1, 3, 2]);
    expect(pipeline.encode('<x>a a')).toEqual([3, 2, 1]);
    const stripped = new Pipeline({ normalizer: { type: 'Strip', strip_left: true, strip_right: false }, pre_tokenizer: metaspace, model });
    expect([stripped.encode('a'), stripped.encode(' a')]).toEqual([[1], [2]]); // what is stripped was the beginning
  });

  test('unknown characters join within words only', () => {
    const model = { type: 'BPE', unk_token: '?', fuse_unk: true, vocab: vocabulary('?', 'a'), merges: [] };
    expect(new Pipeline({ pre_tokenizer: { type: 'WhitespaceSplit' }, model }).encode('xya zz x')).toEqual([0, 1, 0, 0]);
  });

  test.each([
    ['Removed', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['Isolated', ['a', '-', '-', 'b', '.', 'c'], ['a', '--', 'b', '.', 'c']],
    ['MergedWithPrevious', ['a-', '-', 'b.', 'c'], ['a--', 'b.', 'c']],
    ['MergedWithNext', ['a', '-', '-b', '.c'], ['a', '--b', '.c']],
    ['Contiguous', ['a', '--', 'b', '.', 'c'], ['a', '--', 'b', '.', 'c']],
  ])('punctuation and patterns are %s, inverted what is between words as a whole', (behavior, expected, inverted) => {
    expect(pieces({ type: 'Punctuation', behavior }, 'a--b.c')).toEqual(expected);
    expect(pieces(split({ Regex: '\\p{P}' }, behavior), 'a--b.c')).toEqual(expected);
    expect(pieces(split({ Regex: '\\w' }, behavior, true), 'a--b.c')).toEqual(inverted);
  });

  test('overlapping added tokens: the first one to begin, of those the longest', () => {
    const tokens = ['ab', 'abc', 'bcd', ' '];
    const pipeline = new Pipeline({ model: words(...tokens), added_tokens: [...tokens.slice(0, 3).map((token) => added(token)), added(' ', { lstrip: true })] });
    expect(pipeline.encode('abcd')).toEqual([2, 0]);
    expect(pipeline.encode('abbcd')).toEqual([1, 3]);
    expect(pipeline.encode('ab   ab')).toEqual([1, 4, 4, 4, 1]);
  });
});
