import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fineTune, type ModelEvaluation } from '@unmask/trainer';
import { selectBackend } from '@unmask/tensor-core';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);
const MODEL = fileURLToPath(new URL('../../../../packages/models/fixtures/tiny-bert', import.meta.url));
const path = (name: string) => join(app.folder, name);
const NEW = ['id,body,note', '7,the cat 1,"a, b"', '8,rain,', '9,"the ""cat""",c'];

let model: string; // trained once, used by all
beforeAll(async () => {
  await selectBackend('onnxruntime');
  const folder = await mkdtemp(join(tmpdir(), 'unmask-model-'));
  const data = join(folder, 'rows.csv');
  await writeFile(data, ['body,topic', ...Array.from({ length: 20 }, (_, n) => (n % 2 ? `the cat ${n},animal` : `rain ${n},weather`))].join('\n'));
  model = join(folder, 'model');
  await (await fineTune({ model: MODEL, data, text: 'body', label: 'topic', budget: 100, learningRate: 1e-3, maxSteps: 2, out: model, backend: 'onnxruntime' })).dispose();
});
afterAll(() => rm(dirname(model), { recursive: true }));
const predict = (...args: string[]) => app.run('predict', '--model', model, ...args);

describe('unmask predict', () => {
  test('rows of a file keep their columns and their order', async () => {
    const data = await app.file('new.csv', NEW);
    expect(await predict('--data', data)).toBe(0);
    const lines = app.out.trimEnd().split('\n');
    expect(lines[0]).toBe('id,body,note,prediction,probability');
    NEW.slice(1).forEach((line, index) => {
      const answer = lines[index + 1].slice(line.length);
      expect(lines[index + 1].startsWith(line)).toBe(true);
      expect(answer).toMatch(/^,(animal|weather),0\.\d+$/);
    });
    expect(app.error).toMatch(/3 rows in .* rows\/s\n$/);
  });

  test('writes a file in the format of its name, the same answers in each', async () => {
    const data = await app.file('new.csv', NEW);
    for (const name of ['a.csv', 'a.jsonl']) expect(await predict('--data', data, '--out', path(name))).toBe(0);
    expect(app.out).toBe('');
    const [, ...lines] = (await readFile(path('a.csv'), 'utf8')).trimEnd().split('\n');
    const rows = (await readFile(path('a.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows[2]).toMatchObject({ id: '9', body: 'the "cat"', note: 'c' });
    rows.forEach(({ prediction, probability }, index) => expect(lines[index].endsWith(`,${String(prediction)},${String(probability)}`)).toBe(true));
  });

  test('JSON Lines give JSON Lines, with values as they are', async () => {
    const data = await app.file('new.jsonl', [{ body: 'rain', tags: ['x', 1], old: null }]);
    expect(await predict('--data', data)).toBe(0);
    expect(app.json()).toEqual({ body: 'rain', tags: ['x', 1], old: null, prediction: expect.stringMatching(/animal|weather/), probability: expect.any(Number) });
  });

  test('lines of standard input', () => {
    const args = ['--import', 'tsx', '--conditions=@unmask/source', fileURLToPath(new URL('../cli.ts', import.meta.url)), 'predict', '--model', model];
    const { stdout, status } = spawnSync(process.execPath, args, { input: 'the cat 1\nrain\n', encoding: 'utf8' });
    expect(stdout).toMatch(/^(animal|weather)\t0\.\d+\n(animal|weather)\t0\.\d+\n$/);
    expect(status).toBe(0);
  });

  test('a row with an empty text has an empty answer', async () => {
    const data = await app.file('new.csv', ['id,body', '1580661436132757506,the cat 1', '2,', '3,rain']);
    expect(await predict('--data', data)).toBe(0);
    expect(app.out).toMatch(/^id,body,prediction,probability\n1580661436132757506,the cat 1,\w+,0\.\d+\n2,,,\n3,rain,\w+,0\.\d+\n$/);
    expect(app.error).toContain('1 rows have an empty text: their answer is empty');
  });

  test('rows that do not fit are passed over when asked for', async () => {
    const data = await app.file('new.jsonl', ['{"body":"the cat 1"}', '{"body":', '{"body":"rain"}']);
    expect(await predict('--data', data)).toBe(2);
    expect(await predict('--data', data, '--skip-bad-rows')).toBe(0);
    expect(app.out.trim().split('\n')).toHaveLength(2);
    expect(app.error).toMatch(/new\.jsonl:2 is not valid JSON.*\n1 rows of .*new\.jsonl do not fit: they are passed over/);
  });

  test('unmask eval prints metrics with their standard errors, and which class was taken for which', async () => {
    const data = await app.file('test.csv', ['body,topic', 'the cat 30,animal', 'rain 30,weather', 'rain 31,weather']);
    expect(await app.run('eval', '--model', model, '--data', data)).toBe(0);
    expect(app.out).toMatch(/^3 rows\n/);
    expect(app.out).toMatch(/accuracy +│ +\d\.\d{4} +│ +\d\.\d{4}/);
    expect(app.out).toMatch(/weather +│ +\d +│ +\d /);
    expect(await app.run('eval', '--model', model, '--data', await app.file('other.csv', ['body,topic', 'the cat 30,animal', 'rain,snow']))).toBe(0);
    expect(app.error).toContain('1 of 2 rows of');
    expect(app.out).toMatch(/snow +│ +\d +│ +\d /);
    expect(await app.run('eval', '--model', model, '--data', data, '--limit', '1', '--json')).toBe(0);
    expect(app.json<ModelEvaluation>()).toMatchObject({ examples: 1, standardErrors: { accuracy: null, macroF1: null } });
  });
});

describe('a mistake gives one line, exit code 2, and no file', () => {
  test.each<[string, () => Promise<string[]>, RegExp]>([
    ['a missing column', async () => ['--data', await app.file('new.csv', ['bodi', 'a'])], /new\.csv:2 has no field "body"; its fields are bodi; did you mean "bodi"\?/],
    ['a column that is there', async () => ['--data', await app.file('new.csv', ['body,prediction', 'a,b'])], /the rows have a column "prediction" already: rename it/],
    ['no file', () => Promise.resolve(['--data', path('absent.csv')]), /absent\.csv \(ENOENT\)/],
    ['another format', async () => ['--data', await app.file('new.csv', NEW), '--out', path('a.xlsx')], /a\.xlsx: predictions are written as \.csv or \.jsonl/],
    ['two sources', () => Promise.resolve(['--data', 'a.csv', '--text-input', 'b']), /--data.*cannot be used with.*--text-input/],
    ['no model', () => Promise.resolve(['--model', path('absent'), '--text-input', 'a']), /no model folder at .*absent: give the --out folder of unmask train/],
    ['a checkpoint for a model', () => Promise.resolve(['--model', MODEL, '--text-input', 'a']), /has no unmask\.json: give the --out folder of an unmask train that has finished/],
  ])('%s', async (_, prepare, message) => {
    const args = await prepare();
    const before = await readdir(app.folder);
    expect(await predict('--out', path('out.jsonl'), ...args)).toBe(2);
    expect(app.error).toMatch(message);
    expect(app.out).toBe('');
    expect(await readdir(app.folder)).toEqual(before);
  });

  test.each<[string, string[], RegExp]>([
    ['rows with another label', ['body,topic', 'a,animals'], /test\.csv:2 has the label "animals", which no training row has, and so it is with every row; they have animal, weather; did you mean "animal"\?/],
    ['rows without labels', ['body', 'a'], /test\.csv:2 has no field "topic"; its fields are body/],
  ])('unmask eval: %s', async (_, lines, message) => {
    expect(await app.run('eval', '--model', model, '--data', await app.file('test.csv', lines))).toBe(2);
    expect(app.error).toMatch(message);
  });

  test('unmask merge: something at --out', async () => {
    expect(await app.run('merge', model, '--out', model)).toBe(2);
    expect(app.error).toContain('is there already, and not an empty folder');
  });
});
