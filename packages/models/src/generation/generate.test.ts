import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Random, readJsonFile, tf } from '@unmask/tensor-core';
import { describeEngines, readGolden, setParameters } from '@unmask/testing';
import { generate, generateStream, loadModel, type TransformerModel } from '../index.js';

/** What HF transformers generates with a tiny decoder (tools/reference/generation.py). */
interface Golden {
  readonly prompts: number[][];
  readonly maxNewTokens: number;
  readonly eosIds: number[];
  readonly endless: number[][];
  readonly greedyByPenalty: Record<string, number[][]>;
  readonly beams: { num_beams: number; length_penalty: number; early_stopping: boolean; ids: number[][] }[];
}

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const folders = readdirSync(FIXTURES).filter((name) => existsSync(`${FIXTURES}${name}/generation.json`));
const decoders = await Promise.all(folders.map(async (folder) => ({ folder, golden: (await readJsonFile(`${FIXTURES}${folder}/generation.json`)) as unknown as Golden })));

async function load(folder: string): Promise<TransformerModel> {
  const { model } = await loadModel(`${FIXTURES}${folder}`, { head: { kind: 'causal-lm' }, random: new Random(1) });
  setParameters(model.parameters(), await readGolden(`${FIXTURES}${folder}/expected.safetensors`), 'causal-lm/parameter/');
  return model;
}

/** Runs `body` with a fixture's model and checks that it freed every tensor. */
async function withModel(folder: string, body: (model: TransformerModel) => Promise<void>): Promise<void> {
  const model = await load(folder);
  const before = tf.memory().numTensors;
  await body(model);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
}

test('there are decoders', () => expect(decoders.length).toBeGreaterThan(0));

describe.each(decoders)('$folder', ({ folder, golden: { prompts, maxNewTokens, eosIds, endless, greedyByPenalty, beams } }) => {
  describeEngines('it', () => {
    test('gives the tokens of HF transformers, the likeliest each time', () =>
      withModel(folder, async (model) => {
        const generated = await generate(model, prompts, { maxNewTokens });
        expect(generated).toEqual(endless.map((tokens) => ({ tokens, finishReason: 'length' })));
        for (const [penalty, ids] of Object.entries(greedyByPenalty)) {
          const ended = await generate(model, prompts, { maxNewTokens, eosIds, repetitionPenalty: Number(penalty) });
          expect({ penalty, tokens: ended.map(({ tokens }) => tokens) }).toEqual({ penalty, tokens: ids });
          expect(ended.map(({ finishReason }) => finishReason)).toEqual(ids.map((tokens) => (eosIds.includes(tokens.at(-1)!) ? 'eos' : 'length')));
        }
      }));

    test.each(beams)('finds what HF transformers finds with $num_beams beams, penalty $length_penalty, early stopping $early_stopping', ({ ids, ...options }) =>
      withModel(folder, async (model) => {
        const search = { count: options.num_beams, lengthPenalty: options.length_penalty, earlyStopping: options.early_stopping };
        const found = await generate(model, prompts, { maxNewTokens, eosIds, beams: search });
        expect(found.map(({ tokens }) => tokens)).toEqual(ids);
      }));

    test('streams the same tokens', () =>
      withModel(folder, async (model) => {
        const tokens: number[] = [];
        for await (const token of generateStream(model, prompts[0], { maxNewTokens })) tokens.push(token);
        expect(tokens).toEqual(endless[0]);
      }));
  });
});

describe('generate', () => {
  const { folder, golden: { prompts, maxNewTokens } } = decoders[0];

  test('draws the same tokens with the same seed, whatever else is in the batch', () =>
    withModel(folder, async (model) => {
      const drawn = async (seed: number, batch: number[][]) => {
        const generated = await generate(model, batch, { maxNewTokens, sampling: { temperature: 1.5, topK: 40, topP: 0.95, random: new Random(seed) } });
        return generated.map(({ tokens }) => tokens);
      };
      const [first, second] = await drawn(1, prompts);
      expect(await drawn(1, prompts)).toEqual(await drawn(1, prompts));
      expect(first).not.toEqual(second);
      expect((await drawn(2, prompts))[0]).not.toEqual(first);
      expect(await drawn(1, [prompts[0]])).toEqual([first]);
    }));

  test('one token to choose from is the likeliest', () =>
    withModel(folder, async (model) => {
      const greedy = await generate(model, prompts, { maxNewTokens });
      for (const limit of [{ topK: 1 }, { topP: 1e-9 }, { temperature: 1e-6 }]) {
        expect(await generate(model, prompts, { maxNewTokens, sampling: { ...limit, random: new Random(3) } })).toEqual(greedy);
      }
    }));

  test('a consumer that stops early leaves no tensor behind', () =>
    withModel(folder, async (model) => {
      for await (const token of generateStream(model, prompts[0], { maxNewTokens })) {
        expect(token).toEqual(expect.any(Number));
        break;
      }
    }));

  test('a signal ends it between two tokens, and nothing stays behind', () =>
    withModel(folder, async (model) => {
      const controller = new AbortController();
      const tokens: number[] = [];
      const consume = async () => {
        for await (const token of generateStream(model, prompts[0], { maxNewTokens, signal: controller.signal })) {
          tokens.push(token);
          if (tokens.length === 3) controller.abort(new Error('enough'));
        }
      };
      await expect(consume()).rejects.toThrow('enough');
      expect(tokens).toHaveLength(3);
      for (const beams of [undefined, { count: 2 }]) {
        await expect(generate(model, prompts, { maxNewTokens, beams, signal: controller.signal })).rejects.toThrow('enough');
      }
    }));

  test('the event loop turns between two tokens', () =>
    withModel(folder, async (model) => {
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      await generate(model, prompts, { maxNewTokens: 30 });
      clearInterval(timer);
      expect(turns).toBeGreaterThan(3);
    }));

  test('refuses options out of range, empty prompts and a model that is broken', () =>
    withModel(folder, async (model) => {
      const random = new Random(1);
      for (const [options, message] of [
        [{ maxNewTokens: 0 }, 'maxNewTokens is 0, expected a whole number from 1 up'],
        [{ sampling: { random, temperature: 0 } }, 'temperature is 0, expected a number above 0'],
        [{ sampling: { random, topK: 1.5 } }, 'topK is 1.5, expected a whole number from 1 up'],
        [{ sampling: { random, topP: 0 } }, 'topP is 0, expected a number above 0, up to 1'],
        [{ beams: { count: 1 } }, 'beams.count is 1, expected a whole number from 2 up'],
        [{ beams: { count: 2, lengthPenalty: NaN } }, 'beams.lengthPenalty is NaN, expected a number'],
        [{ repetitionPenalty: 0 }, 'repetitionPenalty is 0, expected a number above 0, 1 for none'],
        [{ beams: { count: 2 }, sampling: { random } }, 'give either'],
      ] as const) {
        await expect(generate(model, prompts, { maxNewTokens, ...options })).rejects.toThrow(message);
      }
      await expect(generate(model, [[1], []], { maxNewTokens })).rejects.toThrow('a prompt has no tokens');
      model.parameters().at(-1)!.modify((values) => values.fill(NaN));
      await expect(generate(model, prompts, { maxNewTokens })).rejects.toThrow('the model gives logits that are no numbers');
    }));
});
