import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Tokenizer } from './index.js';

const FIXTURE = fileURLToPath(new URL('../../fixtures/tokenizers/bert/', import.meta.url));
const read = async (name: string) => JSON.parse(await readFile(join(FIXTURE, name), 'utf8')) as Record<string, unknown>;
const [definition, config] = await Promise.all([read('tokenizer.json'), read('tokenizer_config.json')]);
const model = definition.model as Record<string, unknown>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(changes: object, configuration: object = config): Promise<Tokenizer> {
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ ...definition, ...changes }));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(configuration));
  return Tokenizer.load(folder);
}

const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const doubling = (count: number) => ({ type: 'Sequence', normalizers: Array.from({ length: count }, () => ({ type: 'Replace', pattern: { Regex: 'a' }, content: 'aa' })) });
const unigram = (changes: object) => ({ type: 'Unigram', unk_id: 0, vocab: [['a', -1]], ...changes });
const bpe = (changes: object) => ({ type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'], ...changes });
const template = (single: object[]) => ({ type: 'TemplateProcessing', single, pair: [], special_tokens: { '[CLS]': { ids: [2] } } });
const A = { Sequence: { id: 'A', type_id: 0 } };

describe('a tokenizer.json is refused by the name of the field', () => {
  test.each<[string, object, string]>([
    ['an unknown step', { normalizer: { type: 'Magic' } }, '"normalizer.type" is "Magic", expected one of BertNormalizer, '],
    ['a step of another type', { pre_tokenizer: 'Split' }, '"pre_tokenizer" is "Split", expected an object'],
    ['a flag of another type', { normalizer: { type: 'BertNormalizer', lowercase: 'yes' } }, '"normalizer.lowercase" is "yes", expected true or false'],
    ['a step in a sequence', { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, null] } }, '"pre_tokenizer.pretokenizers.1.type" is undefined'],
    ['pieces of no length', { pre_tokenizer: { type: 'FixedLength', length: 0 } }, '"pre_tokenizer.length" is 0, expected a whole number from 1 up'],
    ['a long pattern', { pre_tokenizer: { type: 'Split', pattern: { Regex: 'a'.repeat(10_001) } } }, 'expected a string of at most 10000 characters'],
    ['texts that grow', { normalizer: doubling(20) }, 'the steps of "normalizer" may make a text 3486784401 times longer, at most 4096 is allowed'],
    ['an id that is none', { model: { ...model, vocab: { a: 0.5 } } }, '"model.vocab" is an object, expected token ids by token'],
    ['words without end', { model: { ...model, max_input_chars_per_word: 1e9 } }, '"model.max_input_chars_per_word" is 1000000000, expected a whole number up to 1000'],
    ['merges of both forms', { model: bpe({ merges: ['a b', ['a', 'b']] }) }, '"model.merges" is a list of 2, expected pairs of strings'],
    ['an unknown token beyond the vocabulary', { model: unigram({ unk_id: 1 }) }, '"model.unk_id" is 1, expected a number below 1'],
    ['a token without a number', { model: unigram({ vocab: [['a', null]] }) }, '"model.vocab" is a list of 1, expected a list of tokens'],
    ['a long token', { model: unigram({ vocab: [['x'.repeat(10_001), 0]] }) }, '"model.vocab" is a list of 1, expected a list of tokens of at most 10000 characters'],
    ['a merge of no tokens', { model: bpe({ merges: ['b a'] }) }, 'expected tokens of the vocabulary, unlike "ba"'],
    ['tokens by chance', { model: bpe({ dropout: 0.1 }) }, 'a BPE model with "dropout" gives other tokens each time, which is not supported'],
    ['a pattern that is none', { pre_tokenizer: split('(') }, 'the pattern "(" is not supported: '],
    ['a pattern that JavaScript does not have', { pre_tokenizer: split('\\X') }, 'the pattern "\\\\X" is not supported: "\\X" matches other texts here'],
    ['letters that are two of another case', { pre_tokenizer: split('(?i:ss)|a') }, 'the pattern "(?i:ss)|a" is not supported: "ss" matches other texts here'],
    ['an added token that the normalizer takes away', { normalizer: { type: 'Strip', strip_left: true }, added_tokens: [{ id: 9, content: ' ', normalized: true }] }, 'of the added token " " the normalizer leaves nothing'],
    ['a table of replacements that is none', { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }, '"normalizer.precompiled_charsmap" is no table of replacements'],
    ['a character that is two', { decoder: { type: 'Strip', content: 'ab' } }, '"decoder.content" is "ab", expected one character'],
    ['an added token without a text', { added_tokens: [{ id: 1 }] }, '"added_tokens.0.content" is undefined'],
    ['an added token with an id that is none', { added_tokens: [{ id: 2 ** 40, content: 'a' }] }, '"added_tokens.0.id" is 1099511627776, expected a whole number from 0 up to 2147483647'],
    ['a text twice in a template', { post_processor: template([A, A]) }, '"post_processor.single" is a list of 2, expected a template in which each text stands once'],
    ['a second text in the template of one', { post_processor: template([A, { Sequence: { id: 'B', type_id: 1 } }]) }, '"post_processor.single.1.Sequence.id" is "B", expected one of A'],
    ['a token that a template does not have', { post_processor: template([A, { SpecialToken: { id: 'constructor', type_id: 0 } }]) }, '"post_processor.special_tokens.constructor" is'],
  ])('%s', async (_, changes, message) => {
    await expect(load(changes)).rejects.toThrow(message);
  });

  test.each<[string, object, string]>([
    ['a token that is none', { ...config, pad_token: 7 }, '"pad_token" is 7, expected an object'],
    ['a flag that is none', { ...config, clean_up_tokenization_spaces: 1 }, '"clean_up_tokenization_spaces" is 1, expected true or false'],
    ['a template that is none', { ...config, chat_template: [null] }, '"chat_template.0.name" is undefined'],
  ])('and a tokenizer_config.json: %s', async (_, changed, message) => {
    await expect(load({}, changed)).rejects.toThrow(message);
  });
});

test('steps within steps within steps are refused', async () => {
  await load({}); // which writes both files
  const depth = 20_000;
  const nested = `${'{"type":"Sequence","normalizers":['.repeat(depth)}{"type":"NFC"}${']}'.repeat(depth)}`;
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ ...definition, normalizer: '<nested>' }).replace('"<nested>"', nested));
  await expect(Tokenizer.load(folder)).rejects.toThrow('building the tokenizer failed: Maximum call stack size exceeded');
});

test('what is used is refused when it hangs', async () => {
  const tokenizer = await load({ normalizer: null, pre_tokenizer: split('(x+x+)+y') });
  expect(tokenizer.encode('the cat').ids.length).toBeGreaterThan(0);
  expect(() => tokenizer.encode('x'.repeat(60))).toThrow('encoding a text took more than 1.006 s');
  expect(() => tokenizer.encodeBatch([['x'.repeat(60)], ['x']])).toThrow('encoding a batch took more than');
});

describe('a chat template', () => {
  const render = async (chat_template: string) => (await load({}, { ...config, chat_template })).applyChatTemplate([{ role: 'user', content: 'hi' }]);

  test('counts as in Python', async () => {
    expect(await render('{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}{{ range(2, 1)|length }}')).toBe('0125310');
  });

  test('is refused when it counts for ever', async () => {
    await expect(render('{% for i in range(1000000000) %}x{% endfor %}')).rejects.toThrow('it counts up to 1000000000, which no conversation needs');
    await expect(render('{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}')).rejects.toThrow(/it takes more than 1000000 steps|took more than/);
  });
});
