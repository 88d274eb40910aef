import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Tokenizer } from '../index.js';
import { readJsonFile } from '@unmask/tensor-core';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const FOLDER = fixture('tiny-bert');

/** The tokenizer of a fixture with other files beside tokenizer.json, and fields of it changed. */
async function variant(name: string, files: Record<string, unknown>, change: Record<string, unknown> = {}): Promise<Tokenizer> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  try {
    const definition = await readJsonFile(`${fixture(name)}/tokenizer.json`);
    for (const [file, content] of Object.entries({ 'tokenizer.json': { ...definition, ...change }, ...files })) {
      await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return await Tokenizer.load(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('token ids equal those of HF tokenizers, truncated pairs among them', async () => {
  interface Golden {
    texts: ([string] | [string, string])[];
    maxLength: Record<string, { ids: number[]; types: number[] }[]>;
  }
  const { texts, maxLength } = JSON.parse(await readFile(`${FOLDER}/tokens.json`, 'utf8')) as Golden;
  const tokenizer = await Tokenizer.load(FOLDER);
  for (const [length, rows] of Object.entries(maxLength)) {
    texts.forEach((text, index) => {
      const { inputIds, tokenTypeIds } = tokenizer.encodeBatch([text], { maxLength: Number(length) });
      expect({ text, ids: [...inputIds], types: [...tokenTypeIds] }).toEqual({ text, ...rows[index] });
    });
  }
  const batch = tokenizer.encodeBatch(texts, { maxLength: 64 });
  const longest = Math.max(...maxLength['64'].map(({ ids }) => ids.length));
  expect([batch.rows, batch.columns]).toEqual([texts.length, longest]);
  maxLength['64'].forEach(({ ids }, row) => {
    expect([...batch.inputIds.subarray(row * longest, (row + 1) * longest)]).toEqual([...ids, ...new Array<number>(longest - ids.length).fill(0)]);
    expect(batch.attentionMask.subarray(row * longest, (row + 1) * longest).reduce((sum, value) => sum + value, 0)).toBe(ids.length);
  });
  expect(() => tokenizer.encodeBatch([['a', 'b']], { maxLength: 2 })).toThrow('a maximum length of 2 does not hold the 3 special tokens');
});

test('texts lose tokens at the end that truncation_side says', async () => {
  const [left, right] = await Promise.all(['left', 'right'].map((truncation_side) => variant('tiny-bert', { 'tokenizer_config.json': { truncation_side } })));
  const [text, pair] = ['the cat sat on a mat', 'one dog ran'];
  const plain = left.encode(text, { addSpecialTokens: false }).ids;
  expect(left.encode(text, { maxLength: 5 }).ids.slice(1, -1)).toEqual(plain.slice(-3));
  expect(right.encode(text, { maxLength: 5 }).ids.slice(1, -1)).toEqual(plain.slice(0, 3));
  expect(left.encode([text, pair], { maxLength: 6, addSpecialTokens: false }).ids).toEqual([...plain.slice(-3), ...left.encode(pair, { addSpecialTokens: false }).ids]);
  expect(left.encode([text, pair], { maxLength: 3 }).ids).toEqual([2, 3, 3]); // no token of either fits
  expect(left.encodeWords(['the', 'cat', 'sat'], { maxLength: 4 }).words).toEqual([-1, 1, 2, -1]);
  await expect(variant('tiny-bert', { 'tokenizer_config.json': { truncation_side: 'both' } })).rejects.toThrow('"truncation_side" is "both", expected one of right, left');
});

test('pads at either end with the padding token, or the end token', async () => {
  const texts = [['a'], ['a b c']] as const;
  const gpt2 = await Tokenizer.load(fixture('tokenizers/gpt2')); // has an end token only, by its usual name
  const [short, long] = texts.map((each) => gpt2.encode(each).ids);
  const end = gpt2.specialTokens.eos!.id;
  expect(gpt2.padId).toBe(end);
  const padding = new Array<number>(long.length - short.length).fill(end);
  const left = gpt2.encodeBatch(texts, { paddingSide: 'left' });
  expect([...left.inputIds]).toEqual([...padding, ...short, ...long]);
  expect([...left.attentionMask]).toEqual([...padding.map(() => 0), ...short.map(() => 1), ...long.map(() => 1)]);
  expect([...gpt2.encodeBatch(texts).inputIds]).toEqual([...short, ...padding, ...long]);
  const roberta = await Tokenizer.load(fixture('tokenizers/roberta'));
  expect(roberta.padId).toBe(roberta.specialTokens.pad!.id);
});

test('without anything to pad with, only texts of one length make a batch', async () => {
  const tokenizer = await variant('tokenizers/gpt2', { 'tokenizer_config.json': { unk_token: '<|endoftext|>' } });
  expect(tokenizer.encodeBatch([['ab'], ['cd']]).rows).toBe(2);
  expect(() => tokenizer.encodeBatch([['a'], ['a b c']])).toThrow('set pad_token in tokenizer_config.json');
});

test('special tokens come from tokenizer_config.json, then special_tokens_map.json, then by their usual names', async () => {
  const special = { pad_token: '[MASK]', cls_token: { content: '[SEP]' }, eos_token: 'no such token' };
  const named = await variant('tiny-bert', { 'tokenizer_config.json': { pad_token: '[UNK]', bos_token: null }, 'special_tokens_map.json': special });
  expect(named.specialTokens).toEqual({ pad: { token: '[UNK]', id: 1 }, cls: { token: '[SEP]', id: 3 } });
  const usual = await variant('tiny-bert', {});
  expect(Object.keys(usual.specialTokens).sort()).toEqual(['cls', 'mask', 'pad', 'sep', 'unk']);
});

test('texts hold special tokens that only tokenizer_config.json names or lists', async () => {
  const none = { added_tokens: [] };
  const named = await variant('tiny-bert', { 'tokenizer_config.json': { mask_token: '[MASK]', sep_token: { content: '[SEP]', lstrip: true }, pad_token: 'no such token' } }, none);
  const plain = await variant('tiny-bert', {}, none);
  const inner = (tokenizer: Tokenizer, text: string) => tokenizer.encode(text, { addSpecialTokens: false }).ids;
  const cat = inner(plain, 'cat');
  expect(inner(named, 'cat[MASK] [SEP]cat')).toEqual([...cat, 4, 3, ...cat]);
  expect(inner(plain, '[MASK]')).not.toEqual([4]);
  expect(named.decode([4, ...cat], { skipSpecialTokens: true })).toBe('cat');
  const listed = await variant('tiny-bert', { 'tokenizer_config.json': { added_tokens_decoder: { 900: { content: 'catdog' }, 4: { content: '[MASK]', special: true } } } }, none);
  expect(inner(listed, '[MASK]catdog')).toEqual([4, 86]); // the id behind the vocabulary, as in Python
});

test('chat_template.jinja comes before tokenizer_config.json', async () => {
  const tokenizer = await variant('tiny-bert', { 'chat_template.jinja': '{{ messages[0].content }}!', 'tokenizer_config.json': { chat_template: 'other' } });
  expect(tokenizer.applyChatTemplate([{ role: 'user', content: 'hi' }])).toBe('hi!');
});

test('a chat without a template, or that the template refuses, is an error', async () => {
  const chat = [{ role: 'assistant', content: 'hi' }];
  const bert = await Tokenizer.load(FOLDER);
  expect(() => bert.applyChatTemplate(chat)).toThrow('has no chat template');
  const llama = await Tokenizer.load(fixture('tokenizers/llama3'));
  expect(() => llama.applyChatTemplate(chat)).toThrow('the chat template does not take these messages: user and assistant must alternate');
});

test('a post-processor that is not known is an error', async () => {
  await expect(variant('tiny-bert', {}, { post_processor: { type: 'Reversing' } })).rejects.toThrow('a post-processor of Reversing is not supported');
});

test('the older Bert post-processor is that of a template', async () => {
  const [now, older] = await Promise.all([variant('tiny-bert', {}), variant('tiny-bert', {}, { post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] } })]);
  for (const texts of [['the cat'], ['the cat', 'a dog']] as const) expect(older.encode(texts)).toEqual(now.encode(texts));
});

test('characters that byte tokens leave incomplete come out at the end of a stream', async () => {
  const tokenizer = await Tokenizer.load(fixture('tokenizers/gpt2'));
  const stream = tokenizer.stream();
  const ids = tokenizer.encode('a🙂').ids.slice(0, -1);
  expect(ids.map((id) => stream.push(id)).join('')).toBe('a');
  expect(stream.end()).toBe('\uFFFD');
  expect(stream.end()).toBe('');
});
