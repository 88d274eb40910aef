import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { adapterMethods } from './index.js';

const FIXTURES = new URL('../../models/fixtures/', import.meta.url);
const readJson = <T>(path: string, base: URL): T => JSON.parse(readFileSync(new URL(path, base), 'utf8')) as T;

/** Whether the cells are still true is for the conformance suite to say; this test is to be cheap. */
test('CAPABILITIES.md has a row for every method and a column for every family', () => {
  const models = readdirSync(FIXTURES).filter((name) => name.startsWith('tiny-'));
  const families = new Set(models.map((model) => readJson<{ model_type: string }>(`${model}/config.json`, FIXTURES).model_type));
  const table = readJson<Record<string, object>>('../capabilities.json', new URL(import.meta.url));
  const outdated = adapterMethods.map(({ type }) => type).filter((type) => [...families].some((family) => !(family in (table[type] ?? {}))));
  expect(outdated).toEqual([]); // else: npm run capabilities -- <these>
});
