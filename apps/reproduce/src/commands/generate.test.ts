import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { getPeftModel, saveAdapter } from '@unmask/adapters';
import { saveDelta } from '@unmask/id3';
import { generateText, loadLanguageModel } from '@unmask/models';
import { Random } from '@unmask/tensor-core';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../../../packages/models/fixtures/${name}`, import.meta.url));
const MODEL = fixture('tiny-llama');

const app = capturedApp(main);

/** Runs `unmask generate` with the tiny model; later arguments win. */
async function run(...args: string[]): Promise<number> {
  return app.run('generate', '--model', MODEL, '--prompt', 'the cat', '--max-new-tokens', '8', ...args);
}

const json = () => JSON.parse(app.out) as Record<string, unknown>;

describe('unmask generate', () => {
  test('prints the text alone, and how fast it came on standard error', async () => {
    expect(await run()).toBe(0);
    const language = await loadLanguageModel(MODEL);
    const { text } = await generateText(language, 'the cat', { maxNewTokens: 8 });
    language.model.dispose();
    expect(app.out).toBe(`${text}\n`);
    expect(app.error).toMatch(/^engine: onnxruntime.*\n8 tokens after 4 in .* s, .* tokens\/s; the most tokens were reached\n$/);
  });

  test('--json prints the result and nothing else', async () => {
    expect(await run('--json')).toBe(0);
    expect(json()).toEqual({ text: expect.any(String), tokens: 8, tokensPerSecond: expect.any(Number), promptTokens: 4, finishReason: 'length' });
    const whole = json().text as string;
    expect(await run('--json', '--stop', 'nowhere', whole.slice(3, 5))).toBe(0);
    expect(json()).toMatchObject({ text: whole.slice(0, whole.indexOf(whole.slice(3, 5))), finishReason: 'stop' });
  });

  test('draws by its seed, searches by beams and writes chats', async () => {
    const texts: string[] = [];
    for (const args of [['--seed', '1'], ['--seed', '1'], ['--seed', '2']]) {
      expect(await run('--temperature', '2', '--top-k', '50', '--top-p', '0.95', ...args)).toBe(0);
      texts.push(app.out);
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
    expect(await run('--beams', '3')).toBe(0);
    expect(await run('--chat', '--json')).toBe(0);
    expect(json().promptTokens).toBeGreaterThan(4);
  });

  test('--adapter applies what a run has trained, but the head of its task', async () => {
    expect(await run()).toBe(0);
    const before = app.out;
    const values = Float32Array.from({ length: 32 }, (_, index) => (index % 3) - 1);
    const dense = [
      { name: 'model.norm.weight', shape: [32], values },
      { name: 'score.weight', shape: [2, 32], values: new Float32Array(64) },
    ];
    await saveDelta(join(app.folder, 'delta.safetensors'), { entries: [], dense });
    expect(await run('--adapter', app.folder)).toBe(0);
    expect(app.out).not.toBe(before);
  });

  test('--adapter puts an adapter of PEFT around the model', async () => {
    expect(await run()).toBe(0);
    const before = app.out;
    const random = new Random(1);
    const language = await loadLanguageModel(MODEL);
    const model = getPeftModel(language, { peft_type: 'LORA', r: 2, target_modules: ['q_proj', 'v_proj'] }, { random });
    for (const parameter of model.trainableParameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] = random.normal())));
    await saveAdapter(model, app.folder);
    const { text } = await generateText({ ...language, model }, 'the cat', { maxNewTokens: 8 });
    expect(await run('--adapter', app.folder)).toBe(0);
    expect(app.out).toBe(`${text}\n`);
    expect(app.out).not.toBe(before);
  });

  test('help shows examples', async () => {
    expect(await app.run('generate', '--help')).toBe(0);
    expect(app.out).toContain("unmask generate --model HuggingFaceTB/SmolLM2-135M --prompt 'Gravity is'");
  });
});

test.each<[string, () => Promise<string[]>, RegExp]>([
  ['an encoder', () => Promise.resolve(['--model', fixture('tiny-bert')]), /a bert model has no causal-lm head; it has/],
  ['no model', () => Promise.resolve(['--model', join(app.folder, 'absent')]), /no model folder at/],
  ['a missing tokenizer', async () => {
    await cp(MODEL, app.folder, { recursive: true });
    await rm(join(app.folder, 'tokenizer.json'));
    return ['--model', app.folder];
  }, /has no tokenizer\.json/],
  ['missing weights', async () => {
    await cp(MODEL, app.folder, { recursive: true });
    for (const name of ['model', 'expected']) await rm(join(app.folder, `${name}.safetensors`));
    return ['--model', app.folder];
  }, /safetensors/],
  ['a missing adapter', () => Promise.resolve(['--adapter', app.folder]), /delta\.safetensors/],
  ['an adapter of another model', async () => {
    await mkdir(join(app.folder, 'run'));
    await saveDelta(join(app.folder, 'run', 'delta.safetensors'), { entries: [], dense: [{ name: 'bert.pooler.dense.bias', shape: [1], values: new Float32Array(1) }] });
    return ['--adapter', join(app.folder, 'run')];
  }, /the delta changes "bert\.pooler\.dense\.bias", which the model does not have/],
  ['an empty prompt', () => Promise.resolve(['--prompt', ' ']), /--prompt is empty/],
  ['a prompt that is too long', () => Promise.resolve(['--prompt', 'cat '.repeat(90)]), /leaves no room in the model's 64 positions: shorten it/],
  ['a chat without a template', async () => {
    await cp(MODEL, app.folder, { recursive: true });
    await rm(join(app.folder, 'tokenizer_config.json'));
    return ['--model', app.folder, '--chat'];
  }, /has no chat template/],
  ['--top-p without --temperature', () => Promise.resolve(['--top-p', '0.9']), /give a --temperature above 0 too/],
  ['--beams with --temperature', () => Promise.resolve(['--beams', '2', '--temperature', '1']), /give either/],
  ['an unknown backend', () => Promise.resolve(['--backend', 'gpu']), /unknown backend "gpu"/],
])('%s gives one line and exit code 2', async (_, prepare, message) => {
  expect(await run(...(await prepare()))).toBe(2);
  const lines = app.error.trimEnd().split('\n');
  expect(lines.at(-1)).toMatch(/^unmask: /);
  expect(lines.at(-1)).toMatch(message);
  expect(lines.length).toBeLessThanOrEqual(2); // the engine's name may come first
  expect(app.out).toBe('');
});

test('a temperature that is no number is refused', async () => {
  expect(await run('--temperature', 'hot')).toBe(2);
  expect(app.error).toContain('give a number from 0 to 100');
});
