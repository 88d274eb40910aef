import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, Tokenizer } from '../index.js';
import { readJsonFile } from '@unmask/tensor-core';

/** What HF tokenizers and transformers give with one kind of tokenizer (tools/reference/tokenization.py). */
interface Golden {
  readonly specialTokens: Record<string, number>;
  readonly texts: { text: string; ids: number[]; plain: number[]; decoded: [all: string, withoutSpecial: string] }[];
  readonly pairs: { texts: [string] | [string, string]; maxLength: number; ids: number[]; types: number[] }[];
  readonly words: { words: string[]; maxLength: number; ids: number[]; wordOf: number[] }[];
  readonly soups: { ids: number[]; decoded: string }[];
  readonly chats: { messages: ChatMessage[]; addGenerationPrompt: boolean; text: string; ids: number[] }[];
}

const FIXTURES = fileURLToPath(new URL('../../fixtures/tokenizers/', import.meta.url));
const kinds = await Promise.all(
  readdirSync(FIXTURES).map(async (kind) => ({
    kind,
    tokenizer: await Tokenizer.load(`${FIXTURES}${kind}`),
    golden: (await readJsonFile(`${FIXTURES}${kind}/expected.json`)) as unknown as Golden,
  })),
);

describe.each(kinds)('a tokenizer like that of $kind', ({ kind, tokenizer, golden }) => {
  test('knows its special tokens', () => {
    const found = Object.fromEntries(Object.entries(tokenizer.specialTokens).map(([role, { id }]) => [role, id]));
    expect(found).toMatchObject(golden.specialTokens);
  });

  test('encodes texts', () => {
    for (const { text, ids, plain } of golden.texts) {
      expect({ text, ids: tokenizer.encode(text).ids }).toEqual({ text, ids });
      expect({ text, ids: tokenizer.encode(text, { addSpecialTokens: false }).ids }).toEqual({ text, ids: plain });
    }
  });

  test('encodes pairs and truncates them', () => {
    for (const { texts, maxLength, ids, types } of golden.pairs) {
      expect({ texts, ...tokenizer.encode(texts, { maxLength }) }).toEqual({ texts, ids, types });
    }
  });

  test('says which word each token is of', () => {
    for (const { words, maxLength, ids, wordOf } of golden.words) {
      expect(tokenizer.encodeWords(words, { maxLength })).toMatchObject({ ids, words: wordOf });
    }
  });

  test('decodes what it encoded', () => {
    for (const { ids, decoded } of golden.texts) expect([tokenizer.decode(ids), tokenizer.decode(ids, { skipSpecialTokens: true })]).toEqual(decoded);
  });

  test('decodes ids that no text has', () => {
    for (const { ids, decoded } of golden.soups) expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test('decodes as a stream, without half characters', () => {
    // spaces that decode() takes out when all is there
    const comparable = (text: string) => (['bert', 'unigram'].includes(kind) ? text.replaceAll(' ', '') : text);
    for (const { ids, decoded } of golden.texts) {
      const stream = tokenizer.stream();
      const pieces = ids.map((id) => stream.push(id));
      expect(pieces.filter((piece) => piece.includes('\uFFFD'))).toEqual([]);
      expect(comparable(pieces.join('') + stream.end())).toBe(comparable(decoded[0]));
    }
  });

  test('writes conversations with its chat template', () => {
    for (const { messages, addGenerationPrompt, text, ids } of golden.chats) {
      expect(tokenizer.applyChatTemplate(messages, { addGenerationPrompt })).toBe(text);
      expect(tokenizer.encode(text, { addSpecialTokens: false }).ids).toEqual(ids);
    }
  });
});
