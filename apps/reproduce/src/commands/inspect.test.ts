import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Inspection } from '@unmask/benchmark';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);
const MODEL = fileURLToPath(new URL('../../../../packages/models/fixtures/tiny-bert', import.meta.url));
const path = (name: string) => join(app.folder, name);

/** Trains a model for two steps. */
async function trained(...args: string[]): Promise<string> {
  const data = await app.file('rows.csv', ['body,topic', ...Array.from({ length: 20 }, (_, n) => `text ${n},${n % 2 ? 'a' : 'b'}`)]);
  expect(await app.run('train', '--data', data, '--text', 'body', '--label', 'topic', '--model', MODEL, '--budget', '100', '--max-steps', '2', '--out', path('model'), ...args)).toBe(0);
  return path('model');
}

async function inspected(of: string): Promise<Inspection> {
  expect(await app.run('inspect', of, '--json')).toBe(0);
  return app.json<Inspection>();
}

describe('unmask inspect', () => {
  test('a trained model: its card, and where the entries of its change are', async () => {
    const model = await trained();
    const { what, facts, delta } = await inspected(model);
    expect(what).toBe('trained model');
    expect(facts).toMatchObject({ base: MODEL, method: 'id3', kind: 'classification', labels: ['a', 'b'] });
    expect(delta!.total.count - delta!.total.dense).toBe(100);
    expect(delta!.parameters.reduce((sum, { shareOfDelta }) => sum + shareOfDelta, 0)).toBeCloseTo(1, 9);

    expect(await app.run('inspect', model)).toBe(0);
    expect(app.out).toMatch(/bert\.encoder\.layer\.\*\./);
    expect(app.out).toMatch(/classifier\.weight .* 100\.00 % .* in full/);
    expect(await app.run('inspect', model, '--all')).toBe(0);
    expect(app.out).toMatch(/bert\.encoder\.layer\.0\./);
  });

  test('the file of a change alone', async () => {
    const model = await trained();
    const { what, facts, delta } = await inspected(join(model, 'delta.safetensors'));
    expect(what).toBe('delta');
    expect(facts).toMatchObject({ method: 'id3', budget: '100' });
    expect(delta!.parameters.find(({ name }) => name === 'classifier.bias')).toMatchObject({ shape: [2], dense: true, count: 2 });
  });

  test('an adapter, by itself and as a trained model', async () => {
    const model = await trained('--method', 'lora');
    const whole = await inspected(model);
    expect(whole.what).toBe('trained model');
    await mkdir(path('adapter'));
    for (const name of ['adapter_config.json', 'adapter_model.safetensors']) await copyFile(join(model, name), join(path('adapter'), name));
    const { what, facts, tensors } = await inspected(path('adapter'));
    expect(what).toBe('adapter');
    expect(facts).toMatchObject({ peft_type: 'LORA', r: 8 });
    expect(tensors).toEqual(whole.tensors);
    expect(tensors!.some(({ name, shape }) => name.endsWith('lora_A.weight') && shape[0] === 8)).toBe(true);
  });

  test('a run', async () => {
    expect(await app.run('run', '--tasks', 'rte', '--model', MODEL, '--data', 'synthetic', '--budget', '50', '--max-steps', '2', '--limit', '8', '--max-length', '16', '--out', path('runs'))).toBe(0);
    const [run] = await readdir(path('runs'));
    const { what, facts, delta } = await inspected(join(path('runs'), run));
    expect(what).toBe('run');
    expect(facts).toMatchObject({ task: 'rte', method: 'id3', budget: 50 });
    expect(delta!.total.count - delta!.total.dense).toBe(50);
  });

  test('a checkpoint, and its file', async () => {
    const { what, facts, tensors } = await inspected(MODEL);
    expect(what).toBe('checkpoint');
    expect(facts).toMatchObject({ model_type: 'bert' });
    const file = await inspected(join(MODEL, 'model.safetensors'));
    expect(file).toMatchObject({ what: 'safetensors file', tensors });
    for (const { dtype, bytes, parameters } of tensors!) expect(bytes).toBe(parameters * { F32: 4, F16: 2, I64: 8 }[dtype]!);
    expect(await app.run('inspect', MODEL)).toBe(0);
    expect(app.out).toContain(tensors!.reduce((sum, { parameters }) => sum + parameters, 0).toLocaleString('en'));
  });
});

test.each<[string, () => Promise<string> | string, RegExp]>([
  ['nothing', () => path('absent'), /there is nothing at/],
  ['a folder of something else', () => app.folder, /is no folder of a trained model \(unmask\.json\), a run/],
  ['a file of another kind', () => app.file('a.txt', ['a']), /a\.txt is no safetensors file: give one, or a folder/],
  ['a damaged file', () => app.file('a.safetensors', ['a long line that is no header']), /a\.safetensors is no valid safetensors file/],
  ['a result without a change', async () => {
    await mkdir(path('run'));
    await writeFile(join(path('run'), 'result.json'), '{}');
    return path('run');
  }, /names no deltaFile/],
])('%s is refused', async (_, prepare, message) => {
  expect(await app.run('inspect', await prepare())).toBe(2);
  expect(app.error).toMatch(message);
  expect(app.out).toBe('');
});
