import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Random, readJsonFile, selectBackend, tf } from '@unmask/tensor-core';
import { generate, generateText, type LanguageModel, loadLanguageModel, streamText } from '../index.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const FOLDER = fixture('tiny-llama');

let language: LanguageModel;
let tensors: number;
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  language = await loadLanguageModel(FOLDER);
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
  language.model.dispose();
});

/** The pieces of a stream, and what it returned. */
async function drain(stream: ReturnType<typeof streamText>) {
  const pieces: string[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { pieces, result: value };
    pieces.push(value);
  }
}

test('the pieces of a stream are the text of the tokens', async () => {
  const { model, tokenizer } = language;
  const prompt = 'the cat';
  for (const seed of [1, 2]) {
    const sampling = () => ({ temperature: 3, random: new Random(seed) });
    const { pieces, result } = await drain(streamText(language, prompt, { maxNewTokens: 20, sampling: sampling() }));
    const { ids } = tokenizer.encode(prompt);
    const [{ tokens, finishReason }] = await generate(model, [ids], { maxNewTokens: 20, sampling: sampling(), eosIds: language.generation.eosIds });
    const whole = tokenizer.decode([...ids, ...tokens], { skipSpecialTokens: true });
    expect(prompt + pieces.join('')).toBe(whole);
    expect(result).toEqual({ text: pieces.join(''), tokens: tokens.length, promptTokens: ids.length, finishReason });
    expect(pieces).not.toContain('');
    expect(await generateText(language, prompt, { maxNewTokens: 20, sampling: sampling() })).toEqual(result);
  }
});

test('the text ends before a stop string', async () => {
  const { text } = await generateText(language, 'the cat', { maxNewTokens: 12 });
  const stop = text.slice(5, 8);
  const end = text.indexOf(stop);
  const stopped = await generateText(language, 'the cat', { maxNewTokens: 12, stop: ['no such text', stop] });
  expect(stopped).toMatchObject({ text: text.slice(0, end), finishReason: 'stop' });
  expect(stopped.tokens).toBeLessThan(12);
});

test('an end token ends the text and is no part of it, special or not', async () => {
  const { ids } = language.tokenizer.encode('the cat');
  const [{ tokens }] = await generate(language.model, [ids], { maxNewTokens: 12 });
  const eos = tokens[3];
  const before = tokens.slice(0, tokens.indexOf(eos));
  const ended = await generateText({ ...language, generation: { ...language.generation, eosIds: [99, eos] } }, 'the cat', { maxNewTokens: 12 });
  expect(ended).toMatchObject({ finishReason: 'eos', tokens: before.length + 1 });
  expect(`the cat${ended.text}`).toBe(language.tokenizer.decode([...ids, ...before], { skipSpecialTokens: true }));
});

test('beams give their text too, all at the end', async () => {
  const beams = { count: 3 };
  const { pieces, result } = await drain(streamText(language, 'the cat', { maxNewTokens: 8, beams }));
  expect(pieces.join('')).toBe(result.text);
  expect(result.tokens).toBeGreaterThan(0);
});

test('a conversation goes through the chat template', async () => {
  const messages = [{ role: 'user', content: 'the cat' }];
  const { promptTokens } = await generateText(language, messages, { maxNewTokens: 1 });
  const prompt = language.tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
  expect(promptTokens).toBe(language.tokenizer.encode(prompt, { addSpecialTokens: false }).ids.length);
});

test('a consumer that stops early leaves nothing behind', async () => {
  for await (const piece of streamText(language, 'the cat', { maxNewTokens: 12 })) {
    expect(piece).not.toBe('');
    break;
  }
});

test("the text ends at the model's last position, and a prompt must leave room", async () => {
  const long = 'a '.repeat(30);
  const { promptTokens, tokens } = await generateText({ ...language, generation: { eosIds: [], maxPositions: 64 } }, long, { maxNewTokens: 100 });
  expect(promptTokens + tokens).toBe(64);
  await expect(generateText(language, 'a '.repeat(80), { maxNewTokens: 1 })).rejects.toThrow(/the prompt has \d+ tokens and leaves no room in the model's 64 positions: shorten it/);
});

test('end tokens come from generation_config.json, then config.json', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'language-model-'));
  const endTokens = async (generation: object, config: object = {}) => {
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify(generation));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...(await readJsonFile(join(FOLDER, 'config.json'))), ...config }));
    const loaded = await loadLanguageModel(folder);
    loaded.model.dispose();
    return loaded.generation.eosIds;
  };
  try {
    for (const name of ['model.safetensors', 'tokenizer.json']) await cp(join(FOLDER, name), join(folder, name));
    expect(await endTokens({ eos_token_id: [3, 5] })).toEqual([3, 5]);
    expect(await endTokens({})).toEqual([2]);
    expect(await endTokens({}, { eos_token_id: null })).toEqual([]);
    await expect(endTokens({ eos_token_id: 'end' })).rejects.toThrow('"eos_token_id" is "end", expected a token id or a list of them');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('encoders and decoders without a trained head are refused', async () => {
  await expect(loadLanguageModel(fixture('tiny-bert'))).rejects.toThrow('a bert model has no causal-lm head');
  const folder = await mkdtemp(join(tmpdir(), 'language-model-'));
  await cp(fixture('tiny-llama-untied'), folder, { recursive: true });
  await cp(join(FOLDER, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  await expect(loadLanguageModel(folder)).rejects.toThrow('was saved without a language-model head (lm_head.weight)');
  await rm(folder, { recursive: true });
});
