import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { kindWords } from '@unmask/tasks';
import type { ModelEvaluation, TrainingResult } from '@unmask/trainer';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);
const fixture = (name: string) => fileURLToPath(new URL(`../../../../packages/models/fixtures/${name}`, import.meta.url));
const path = (name: string) => join(app.folder, name);

/** Rows that a tiny model can learn: what the label is stands in the text. */
const CLASSES = ['body,topic', ...Array.from({ length: 40 }, (_, n) => (n % 2 ? `the cat ${n},animal` : `"rain, ${n}",weather`))];
const SCORES = Array.from({ length: 40 }, (_, n) => ({ id: n, body: `the cat ${n}`, stars: 100 + n * 2.5 }));
const TAGS = ['sentence\ttags', ...Array.from({ length: 40 }, (_, n) => `the cat number ${n}\tO B-PET O O`)];
const PROMPTS = Array.from({ length: 20 }, (_, n) => ({ prompt: `the cat ${n}:`, completion: ` mat ${n}` }));

const train = (...args: string[]) => app.run('train', '--model', fixture('tiny-bert'), '--budget', '300', '--max-steps', '3', '--max-length', '16', '--out', path('model'), ...args);

interface Kind {
  readonly kind: keyof typeof kindWords;
  readonly file: string;
  readonly rows: readonly unknown[];
  readonly args: readonly string[];
  readonly metrics: readonly string[];
}
const bert = ['--model', fixture('tiny-bert')];
const llama = ['--model', fixture('tiny-llama'), '--max-new-tokens', '4'];
const KINDS: Kind[] = [
  { kind: 'classification', file: 'rows.csv', rows: CLASSES, args: ['--text', 'body', '--label', 'topic', ...bert], metrics: ['accuracy', 'macroF1'] },
  { kind: 'regression', file: 'rows.jsonl', rows: SCORES, args: ['--text', 'body', '--label', 'stars', ...bert], metrics: ['pearson', 'spearman', 'rSquared'] },
  { kind: 'token-classification', file: 'rows.tsv', rows: TAGS, args: ['--text', 'sentence', '--label', 'tags', ...bert], metrics: ['precision', 'recall', 'f1', 'wordAccuracy'] },
  { kind: 'generation', file: 'rows.jsonl', rows: PROMPTS, args: ['--text', 'prompt', '--label', 'completion', ...llama], metrics: ['rouge1', 'rouge2', 'rougeL', 'exactMatch'] },
];

/** The predictions of a model as rows. */
async function predict(model: string, data: string): Promise<Record<string, unknown>[]> {
  expect(await app.run('predict', '--model', model, '--data', data, '--json')).toBe(0);
  return app.out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.each(KINDS)('rows that ask for $kind', ({ kind, file, rows, args, metrics }) => {
  test.each([
    ['id3', 'free'],
    ['id3', 'competes'],
    ['lora', 'free'],
  ])('are trained on by %s with a %s head, answered, measured and merged, with the same answers', async (method, head) => {
    const data = await app.file(file, rows);
    const header = file.endsWith('jsonl') ? [] : [rows[0]];
    const test = await app.file(`test.${file.split('.')[1]}`, [...header, ...rows.slice(-10)]);
    expect(await train('--data', data, '--eval-data', test, ...args, '--method', method, '--head', head, '--json')).toBe(0);
    const result = app.json<TrainingResult>();
    expect(result).toMatchObject({ method, deltaVerified: true, steps: 3, evaluationExamples: 10, trainExamples: rows.length - header.length - 10 });
    expect(Object.keys(result.metrics)).toEqual(metrics);
    expect(app.error).toContain(`so this is ${kindWords[kind]}; if it is not, say so by --task`);
    const change = method === 'lora' ? ['adapter_config.json', 'adapter_model.safetensors'] : ['delta.safetensors'];
    expect((await readdir(path('model'))).sort()).toEqual([...change, 'report.md', 'result.json', 'unmask.json'].sort());

    const answers = await predict(path('model'), data);
    expect(answers).toHaveLength(file.endsWith('jsonl') ? rows.length : rows.length - 1);
    expect(await app.run('eval', '--model', path('model'), '--data', test, '--json')).toBe(0);
    const evaluation = app.json<ModelEvaluation>();
    for (const metric of metrics) {
      expect(evaluation.metrics[metric]).toBeCloseTo(result.metrics[metric], 4);
      expect(evaluation.standardErrors[metric]).toBeCloseTo(result.standardErrors[metric]!, 4);
    }

    expect(await app.run('merge', path('model'), '--out', path('merged'))).toBe(0);
    const merged = await predict(path('merged'), data);
    merged.forEach((row, index) => {
      const { prediction, probability } = answers[index];
      expect(row.prediction).toEqual(typeof prediction === 'number' ? expect.closeTo(prediction, 2) : prediction);
      if (probability !== undefined) expect(row.probability).toBeCloseTo(probability as number, 5);
    });
  });
});

describe('a classifier', () => {
  const classes = async () => ['--data', await app.file('rows.csv', CLASSES), '--text', 'body', '--label', 'topic'];

  test('learns what stands in the text; the report says how well, and how to use it', async () => {
    expect(await train(...(await classes()), '--max-steps', '60', '--method', 'fft', '--lr', '1e-3', '--eval-share', '0.25')).toBe(0);
    expect(app.out).toMatch(/rows +│ fft .* accuracy │ +100\.00/);
    const report = await readFile(path('model/report.md'), 'utf8');
    expect(report).toContain('| accuracy | 1.0000 | 0.0000 | 0.5000 |');
    expect(report).toContain('| animal | 5 | 0 |');
    expect(report).toContain(`unmask predict --model ${path('model')} --data new.csv`);
    expect(await app.run('predict', '--model', path('model'), '--text-input', 'the cat 99', 'rain, 99')).toBe(0);
    expect(app.out).toMatch(/^animal\t0\.\d+\nweather\t0\.\d+\n$/);
  });

  test('of pairs of texts, measured on a file of its own', async () => {
    const rows = Array.from({ length: 8 }, (_, n) => ({ a: `the cat ${n}`, b: 'rain', same: n % 2 === 0 }));
    const data = await app.file('pairs.jsonl', rows);
    const test = await app.file('test.jsonl', [{ a: 'the', b: 'cat', same: true }, rows[0]]);
    expect(await train('--data', data, '--text', 'a,b', '--label', 'same', '--eval-data', test, '--json')).toBe(0);
    expect(app.json<TrainingResult>()).toMatchObject({ trainExamples: 7, evaluationExamples: 2 });
    expect(app.error).toContain('1 of 8 rows of');
    expect(await app.run('predict', '--model', path('model'), '--text-input', 'the cat\train')).toBe(0);
    expect(app.out).toMatch(/^(true|false)\t/);
  });

  test('that is there is not written over, unless it is said', async () => {
    const args = await classes();
    expect(await train(...args)).toBe(0);
    expect(await train(...args)).toBe(2);
    expect(app.error).toContain('holds a trained model already: give --out a new folder, or --overwrite to replace it');
    expect(await train(...args, '--method', 'lora', '--overwrite')).toBe(0);
    expect((await readdir(path('model'))).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors', 'report.md', 'result.json', 'unmask.json']);
    expect(await train(...args, '--budget', '1000000000', '--overwrite')).toBe(2);
    expect(await app.run('predict', '--model', path('model'), '--text-input', 'x')).toBe(0); // the old one is still there
  });

  test('two at once in one folder are kept apart', async () => {
    const args = await classes();
    let second: Promise<number> | undefined;
    app.onPrint = (text) => {
      if (text.includes('/3')) second ??= main(['train', '--model', fixture('tiny-bert'), '--budget', '300', '--max-steps', '3', '--max-length', '16', '--out', path('model'), ...args]);
    };
    expect(await train(...args)).toBe(0);
    expect(await second).toBe(2);
    expect(app.error).toContain('another process is training in');
    expect(await readdir(path('model'))).toEqual(['delta.safetensors', 'report.md', 'result.json', 'unmask.json']);
  });

  test('is told how many rows are cut off', async () => {
    expect(await train(...(await classes()), '--max-length', '4')).toBe(0);
    expect(app.error).toMatch(/\d+ of 36 rows have more than 4 tokens and are cut off there: a larger --max-length takes more of them/);
  });

  test('goes on after an interruption, with the same bits, on the same data only', async () => {
    const args = [...(await classes()), '--max-steps', '6', '--checkpoint-every', '1', '--json'];
    expect(await train(...args)).toBe(0);
    const whole = await readFile(path('model/delta.safetensors'));
    app.onPrint = (text) => {
      if (text.includes('rows to train on')) process.emit('SIGINT');
    };
    expect(await train(...args, '--out', path('other'))).toBe(130);
    expect(app.error).toMatch(/saved after step \d of 6: the same command continues from there/);
    expect(await readdir(path('other'))).toEqual(['training']);
    app.onPrint = undefined;
    expect(await train(...args, '--seed', '2', '--out', path('other'))).toBe(2);
    expect(app.error).toContain('holds a training on other data or with other options that was cut off');
    expect(await train(...args, '--out', path('other'))).toBe(0);
    expect((await readFile(path('other/delta.safetensors'))).equals(whole)).toBe(true);
  });

  test('chooses its best step by training rows', async () => {
    expect(await train(...(await classes()), '--evaluate-every', '1', '--json')).toBe(0);
    expect(app.json<TrainingResult>()).toMatchObject({ holdOut: 0.1, trainExamples: 32, evaluationExamples: 4 });
  });

  test('help shows examples', async () => {
    expect(await app.run('train', '--help')).toBe(0);
    expect(app.out).toContain('unmask train --data mine.csv --text body --label topic --method id3 --budget 40000 --out my-model');
  });
});

describe('a mistake gives one line, exit code 2, and no model', () => {
  const rows = (lines: readonly string[]) => app.file('rows.csv', lines);
  test.each<[string, readonly string[], readonly string[], RegExp]>([
    ['a missing column', ['text,topic', 'a,b'], [], /rows\.csv:2 has no field "body"; its fields are text, topic/],
    ['a column meant otherwise', ['bodi,topic', 'a,b'], [], /did you mean "bodi"\?/],
    ['an empty label', ['body,topic', 'a,b', 'c,'], [], /rows\.csv:3 has "" in field "topic", which is no label/],
    ['a score NaN', ['body,topic', 'a,1', 'c,NaN'], ['--task', 'regression'], /rows\.csv:3 has "NaN" in field "topic"; give a number/],
    ['one class', ['body,topic', 'a,b', 'c,b'], [], /every training row has "b"/],
    ['a column named twice', ['body,topic,body', 'a,b,c'], [], /rows\.csv:1 names the field "body" twice/],
    ['an empty file', [], [], /rows\.csv has no rows/],
    ['too few rows', ['body,topic', 'a,b', 'c,d'], [], /a share of 0\.1 of 2 rows to hold out leaves 0 to measure on/],
    ['no head for it', ['body,topic', ...Array.from({ length: 20 }, (_, n) => `a ${n},b`)], ['--task', 'completion'], /a bert model has no causal-lm head/],
    ['three text columns', ['a,b,c,topic', 'x,y,z,t'], ['--text', 'a,b,c'], /--text names 3 columns: name one, or two/],
    ['an unknown kind', ['body,topic'], ['--task', 'classes'], /Allowed choices are classification, regression, tags, completion/],
    ['an unknown method', CLASSES, ['--method', 'id4'], /unknown method "id4".*did you mean "id3"\?/],
    ['a share that is none', CLASSES, ['--eval-share', '1'], /give a share above 0 and below 1/],
    ['a budget that is too large', CLASSES, ['--budget', '1000000000'], /budget 1000000000 is larger than/],
    ['an evaluation file with another label', CLASSES, ['--eval-data', 'TEST'], /test\.csv:2 has the label "anima", which no training row has, and so it is with every row; they have animal, weather; did you mean "animal"\?/],
    ['an evaluation file that is the training file', CLASSES, ['--eval-data', 'ROWS'], /every row of .*rows\.csv is in .*rows\.csv as well/],
    ['a label that is the text', CLASSES, ['--label', 'body'], /"body" is named as a text and as the label: a model would be shown the answer/],
  ])('%s', async (_, lines, args, message) => {
    const data = await rows(lines);
    const test = await app.file('test.csv', ['body,topic', 'x,anima']);
    const named = args.map((arg) => (arg === 'TEST' ? test : arg === 'ROWS' ? data : arg));
    expect(await train('--data', data, '--text', 'body', '--label', 'topic', ...named)).toBe(2);
    expect(app.error).toMatch(message);
    expect(app.out).toBe('');
    expect(await readdir(app.folder)).not.toContain('model');
  });

  test('a folder with something else in it', async () => {
    expect(await train('--data', await rows(CLASSES), '--text', 'body', '--label', 'topic', '--out', app.folder)).toBe(2);
    expect(app.error).toContain('holds rows.csv, which is not of a trained model: give --out a new folder');
  });

  test.each<[string, object | string, RegExp]>([
    ['no card', '', /has no unmask\.json|is no valid JSON/],
    ['another format', { format: 'x' }, /"format" is "x", expected "unmask-model"/],
    ['a newer version', { version: 2 }, /"version" is 2, expected 1, which this release reads; upgrade/],
    ['a file elsewhere', { change: '../delta.safetensors' }, /"change" is "\.\.\/delta\.safetensors", expected delta\.safetensors or adapter_model\.safetensors/],
    ['no classes', { task: { kind: 'classification', texts: ['body'], label: 'topic', labels: 3 } }, /unmask\.json: its task's "labels" is 3/],
    ['a base that is gone', { base: '/absent/model' }, /was trained from the model \/absent\/model, which is not to be had: .* give it by --base/],
    ['fewer classes than were trained', { task: { kind: 'classification', texts: ['body'], label: 'topic', labels: ['a', 'b', 'c'] } }, /shape/],
  ])('a model with %s', async (_, change, message) => {
    expect(await train('--data', await rows(CLASSES), '--text', 'body', '--label', 'topic')).toBe(0);
    const card = path('model/unmask.json');
    await writeFile(card, typeof change === 'string' ? change : JSON.stringify({ ...(JSON.parse(await readFile(card, 'utf8')) as object), ...change }));
    expect(await app.run('predict', '--model', path('model'), '--text-input', 'x')).toBe(2);
    expect(app.error).toMatch(message);
  });
});
