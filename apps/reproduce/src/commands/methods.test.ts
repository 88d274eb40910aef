import { expect, test } from '@jest/globals';
import { adapters, methods } from '@unmask/trainer';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);

test('unmask methods lists every method with what it trains and its learning rate', async () => {
  expect(await app.run('methods', '--json')).toBe(0);
  const listed = app.json<Record<string, unknown>[]>();
  expect(listed.map(({ name }) => name)).toEqual([...methods, ...adapters].map(({ name }) => name));
  expect(listed.find(({ name }) => name === 'lora')).toEqual({ name: 'lora', summary: 'LoRA of rank 8', trains: 'an adapter', learningRate: 0.001, source: 'arXiv 2106.09685' });
  expect(listed.find(({ name }) => name === 'spiel')).toMatchObject({ metric: '|Σ∇|', scope: 'each linear layer', source: 'arXiv 2401.16405' });
  expect(await app.run('methods')).toBe(0);
  expect(app.out).toMatch(/id3 +│ a budget +│ \|∇\|\/.* │ B\/T in each step +│ the whole model +│ 0\.005 +│ arXiv 2408\.14470 +│ ID³/);
});
