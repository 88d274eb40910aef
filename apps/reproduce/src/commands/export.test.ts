import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { env, pipeline } from '@huggingface/transformers';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);
const MODEL = fileURLToPath(new URL('../../../../packages/models/fixtures/tiny-bert', import.meta.url));
const path = (name: string) => join(app.folder, name);

describe('unmask export', () => {
  test('from rows to a pipeline of transformers.js, which answers as unmask predict does', async () => {
    const data = await app.file('rows.csv', ['body,topic', ...Array.from({ length: 20 }, (_, n) => (n % 2 ? `the cat ${n},animal` : `rain ${n},weather`))]);
    const training = ['--model', MODEL, '--method', 'id3', '--budget', '100', '--lr', '1e-3', '--max-steps', '2', '--seed', '1', '--max-length', '16'];
    expect(await app.run('train', '--data', data, '--text', 'body', '--label', 'topic', '--out', path('model'), ...training)).toBe(0);
    expect(await app.run('export', '--model', path('model'), '--to', 'onnx', '--dtype', 'fp32,q8', '--out', path('onnx'))).toBe(0);
    expect(app.out).toMatch(/model\.onnx: 0\.1 MB\n.*model_quantized\.onnx: 0\.\d MB\n$/);

    const texts = ['the cat saw the rain', 'rain'];
    expect(await app.run('predict', '--model', path('model'), '--json', '--text-input', ...texts)).toBe(0);
    const own = app.out.trimEnd().split('\n').map((line) => JSON.parse(line) as { prediction: string; probability: number });
    Object.assign(env, { allowRemoteModels: false, localModelPath: `${app.folder}/` });
    for (const [dtype, digits] of [['fp32', 4], ['q8', 2]] as const) {
      const classify = await pipeline('text-classification', 'onnx', { dtype });
      const answers: { label: string; score: number }[] = [];
      for (const text of texts) answers.push(...((await classify(text)) as typeof answers)); // the tiny model has no padding token
      expect(answers.map(({ label }) => label)).toEqual(own.map(({ prediction }) => prediction));
      answers.forEach(({ score }, index) => expect(score).toBeCloseTo(own[index].probability, digits));
      await classify.dispose();
    }
  });

  test('a decoder as GGUF, and a head that the format has no place for', async () => {
    const decoder = fileURLToPath(new URL('../../../../packages/models/fixtures/tiny-llama', import.meta.url));
    expect(await app.run('export', '--model', MODEL, '--to', 'gguf', '--dtype', 'fp16,q8', '--out', path('gguf'))).toBe(2);
    expect(app.error).toContain('--to gguf writes one --dtype at a time');
    expect(await app.run('export', '--model', decoder, '--to', 'gguf', '--out', path('gguf'))).toBe(2);
    expect(app.error).toContain('a token-classification head has no place in the file');
  });

  test('a format that does not know a type says which it knows', async () => {
    expect(await app.run('export', '--model', MODEL, '--to', 'onnx', '--dtype', 'q2', '--out', path('onnx'))).toBe(2);
    expect(app.error).toContain('--to onnx has no --dtype q2: give some of fp32, fp16, q8, q4');
  });
});
