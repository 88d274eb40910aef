import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadPretrained, type Pretrained } from '@unmask/models';
import type { ChatExample, ChatTask, Message, PreferenceExample, PreferenceTask } from '@unmask/tasks';
import { selectBackend, tf } from '@unmask/tensor-core';
import { encodeExamples } from '../encoding/encode.js';
import { collate, disposeBatch } from '../encoding/text-batches.js';
import { DEFAULT_TRAINING, type TrainingSettings } from '../settings.js';
import { formOf } from './index.js';
import { packed } from './language/packing.js';

/** What TRL's trainers compute on a model that the fixture's was trained into (tools/reference/forms.py). */
interface Golden {
  readonly models: {
    readonly factor: number;
    readonly beta: number;
    readonly preferences: readonly Omit<PreferenceExample, 'label'>[];
    readonly dpo: number;
    readonly orpo: number;
    readonly template: string;
    readonly conversations: readonly (readonly Message[])[];
    readonly ids: number[][];
    readonly masks: number[][];
    readonly sft: number;
  };
}
const { models: golden } = JSON.parse(await readFile(fileURLToPath(new URL('../../fixtures/forms.json', import.meta.url)), 'utf8')) as Golden;

let pretrained: Pretrained;
beforeAll(async () => {
  await selectBackend('cpu');
  pretrained = await loadPretrained(fileURLToPath(new URL('../../../models/fixtures/tiny-llama', import.meta.url)), { head: { kind: 'causal-lm' } });
});

const settings = { ...DEFAULT_TRAINING } as unknown as TrainingSettings;
const reader = () => ({ ...pretrained, generation: { eosIds: [2], maxPositions: undefined } });
const scale = (factor: number) => pretrained.model.parameters().forEach((parameter) => parameter.modify((values) => values.forEach((value, index) => (values[index] = value * factor))));
const common = { name: 'x', evaluationSplits: ['validation'], metrics: {}, primaryMetric: '', maxNewTokens: 1 } as const;

test.each(['dpo', 'orpo'] as const)("the loss of %s is that of TRL's trainer", async (loss) => {
  const task: PreferenceTask = { ...common, kind: 'preference', loss, beta: golden.beta, chatTemplate: null };
  const form = formOf(task);
  const encoded = encodeExamples(task, pretrained.tokenizer, golden.preferences.map((each) => ({ ...each, label: 0 })), { maxLength: 64 });
  const examples = await form.reference!(task, reader(), encoded, 2);
  scale(golden.factor);
  const batch = collate(examples, examples.keys());
  const value = tf.tidy(() => form.loss(task, settings, [], reader()).of(batch, (given) => pretrained.model.forward(given)).dataSync()[0]);
  expect(value).toBeCloseTo(golden[loss], 4);
  scale(1 / golden.factor);
  disposeBatch(batch);
});

test("tokens, masks and the loss of conversations are those of TRL's trainer, packed or not", () => {
  const task: ChatTask = { ...common, kind: 'chat', chatTemplate: golden.template };
  const form = formOf(task);
  const encoded = encodeExamples(task, form.tokenizer!(task, pretrained.tokenizer), golden.conversations.map((messages): ChatExample => ({ messages, label: 0 })), { maxLength: 64 });
  encoded.forEach(({ inputIds, rows }, index) => {
    expect(Array.from(inputIds)).toEqual(golden.ids[index]);
    expect(rows.map((row) => row + 1)).toEqual(golden.masks[index].flatMap((mark, place) => (mark === 1 ? [place] : [])));
  });
  scale(golden.factor);
  const values = [encoded, packed(encoded, 100)].map((examples) => {
    const batch = collate(examples, examples.keys());
    const value = tf.tidy(() => form.loss(task, settings, [], reader()).of(batch, (given) => pretrained.model.forward(given)).dataSync()[0]);
    disposeBatch(batch);
    return value;
  });
  scale(1 / golden.factor);
  expect(values[0]).toBeCloseTo(golden.sft, 4);
  expect(Math.abs(values[1] - values[0])).toBeLessThan(1e-5);
});
