import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader, isCount } from '../config.js';
import type { TokenizerDefinition } from './definition.js';

/**
 * Most characters of a text that a step puts in, of a pattern, of a token that a trie is built of, and of all those tokens: a
 * trie takes some 250 bytes for each.
 */
const [INSERTED, PATTERN, TOKEN, TRIE] = [64, 10_000, 10_000, 8_000_000];

/** How many times longer the steps of a normalizer or decoder may make a text, at the worst. */
const GROWTH = 4096;

/** Longest word of WordPiece in characters; it takes time that grows with the square of it. */
const WORD = 1000;

/** Looks at a step's settings. @returns how many characters one may become, at the worst, if more than one */
type Check = (step: ConfigReader) => number | undefined;
type Checks = Readonly<Record<string, Check>>;

const nothing: Check = () => undefined;

/** Settings that are flags. */
const flags =
  (...names: string[]): Check =>
  (step) => {
    for (const name of names) step.flag(name, false);
  };

/** The longest of some settings that are texts. */
const texts =
  (...names: string[]): Check =>
  (step) =>
    Math.max(1, ...names.map((name) => step.text(name, INSERTED, '').length));

/** A text in the place of what a pattern finds: also between any two characters, if it finds nothing. */
const replace: Check = (step) => texts('content')(step)! + (readPattern(step) === '' ? 1 : 0);

/** @returns the text that is looked for, or '' for a regular expression, which may find nothing */
function readPattern(step: ConfigReader): string {
  const pattern = step.section('pattern');
  if (pattern.has('String')) return pattern.text('String', PATTERN);
  pattern.text('Regex', PATTERN);
  return '';
}

const metaspace: Check = (step) => {
  step.choice('prepend_scheme', ['always', 'first', 'never'], 'always');
  return texts('replacement', 'str_rep')(step);
};

const NORMALIZERS: Checks = {
  BertNormalizer: flags('clean_text', 'handle_chinese_chars', 'strip_accents', 'lowercase'),
  Lowercase: nothing,
  NFC: nothing,
  NFD: nothing,
  NFKC: nothing,
  NFKD: nothing,
  Precompiled: nothing,
  Prepend: (step) => 1 + step.text('prepend', INSERTED).length,
  Replace: replace,
  Strip: flags('strip_left', 'strip_right'),
  StripAccents: nothing,
};

const PRE_TOKENIZERS: Checks = {
  BertPreTokenizer: nothing,
  ByteLevel: flags('add_prefix_space', 'trim_offsets', 'use_regex'),
  Digits: flags('individual_digits'),
  FixedLength: (step) => {
    step.size('length');
  },
  Metaspace: metaspace,
  Punctuation: nothing,
  Replace: replace,
  Split: (step) => {
    readPattern(step);
    step.text('behavior', INSERTED, 'Isolated');
    step.flag('invert', false);
  },
  Whitespace: nothing,
  WhitespaceSplit: nothing,
};

const DECODERS: Checks = {
  BPEDecoder: texts('suffix'),
  ByteFallback: nothing,
  ByteLevel: flags('trim_offsets'),
  CTC: (step) => {
    step.flag('cleanup', true);
    return texts('pad_token', 'word_delimiter_token')(step);
  },
  Fuse: nothing,
  Metaspace: metaspace,
  Replace: replace,
  Strip: (step) => {
    for (const name of ['start', 'stop']) step.count(name, 0);
    return texts('content')(step);
  },
  WordPiece: (step) => {
    step.flag('cleanup', true);
    return texts('prefix')(step);
  },
};

/** What the library knows of models beside their vocabulary. */
const MODELS: Readonly<Record<string, (model: ConfigReader) => void>> = {
  BPE: (model) => {
    checkVocabulary(model);
    for (const name of ['unk_token', 'end_of_word_suffix', 'continuing_subword_prefix', 'continuing_subword_suffix']) model.text(name, TOKEN, '');
    for (const name of ['byte_fallback', 'fuse_unk', 'ignore_merges']) model.flag(name, false);
    const isPair = (merge: unknown) => Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string');
    const merges = model.list('merges');
    if (!merges.every(isPair) && !merges.every((merge) => typeof merge === 'string')) model.fail('merges', 'pairs of strings, or strings of two parts with a space between');
  },
  Unigram: (model) => {
    const vocabulary = model.list('vocab');
    const isScored = (entry: unknown) => Array.isArray(entry) && typeof entry[0] === 'string' && entry[0].length <= TOKEN && Number.isFinite(entry[1]);
    if (vocabulary.length === 0 || !vocabulary.every(isScored)) model.fail('vocab', `a list of tokens of at most ${TOKEN} characters, each with a number`);
    if (model.has('unk_id') && model.count('unk_id') >= vocabulary.length) model.fail('unk_id', `a number below ${vocabulary.length}, the size of the vocabulary`);
    checkTrie(model, (vocabulary as [string, number][]).map(([token]) => token));
  },
  WordPiece: (model) => {
    checkVocabulary(model);
    for (const name of ['unk_token', 'continuing_subword_prefix']) model.text(name, INSERTED);
    if (model.size('max_input_chars_per_word', 100) > WORD) model.fail('max_input_chars_per_word', `a whole number up to ${WORD}`);
  },
  WordLevel: checkVocabulary,
};

function checkVocabulary(model: ConfigReader): void {
  if (!model.entries('vocab').every(([, id]) => isCount(id))) model.fail('vocab', 'token ids by token');
}

function checkTrie(read: ConfigReader, tokens: readonly string[]): void {
  const characters = tokens.reduce((sum, { length }) => sum + length, 0);
  if (characters > TRIE) read.fail('vocab', `at most ${TRIE} characters in all its tokens`);
}

/** Checks a step, or each step of a sequence. @returns how many times longer they may make a text */
function checkSteps(step: ConfigReader, checks: Checks, children: string): number {
  const type = step.choice('type', [...Object.keys(checks), 'Sequence']);
  if (type !== 'Sequence') return checks[type](step) ?? 1;
  return step.sections(children).reduce((growth, child) => growth * checkSteps(child, checks, children), 1);
}

/** The kind of a model; old files do not name it. */
function kindOf(model: ConfigReader): string {
  if (model.has('type')) return model.choice('type', Object.keys(MODELS));
  return model.has('merges') ? 'BPE' : model.has('unk_id') ? 'Unigram' : 'WordPiece';
}

/**
 * Checks everything in a tokenizer.json that the tokenizer's library takes as it is, but for the post-processor: types,
 * ranges, and what could be meant to take all memory. Time is limited where the tokenizer runs.
 * @throws UnmaskError naming a field that is missing, out of range or not supported
 */
export function checkDefinition(definition: Readonly<Record<string, unknown>>): asserts definition is typeof definition & TokenizerDefinition {
  const read = new ConfigReader(definition, '', 'tokenizer.json');
  const parts = { normalizer: [NORMALIZERS, 'normalizers'], pre_tokenizer: [PRE_TOKENIZERS, 'pretokenizers'], decoder: [DECODERS, 'decoders'] } as const;
  for (const [name, [checks, children]] of Object.entries(parts)) {
    const growth = read.has(name) ? checkSteps(read.section(name), checks, children) : 1;
    if (growth > GROWTH) throw new UnmaskError(`tokenizer.json: the steps of "${name}" may make a text ${growth} times longer, at most ${GROWTH} is allowed`, { code: 'bad-file' });
  }
  MODELS[kindOf(read.section('model'))](read.section('model'));
  const added = read.sections('added_tokens');
  for (const token of added) {
    token.count('id');
    token.text('content', TOKEN);
    for (const name of ['special', 'normalized', 'lstrip', 'rstrip', 'single_word']) token.flag(name, false);
  }
  checkTrie(read, added.map((token) => token.text('content', TOKEN)));
}
