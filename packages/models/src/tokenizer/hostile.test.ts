import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { attempt, HOSTILE_PATTERNS, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { Tokenizer } from './index.js';

/** Tokenizers that are meant to crash the process, to hang it, or to give ids that are none. */
const FIXTURES = fileURLToPath(new URL('../../fixtures/tokenizers/', import.meta.url));
const FILES = ['tokenizer.json', 'tokenizer_config.json'] as const;
const kinds = await Promise.all(
  (await readdir(FIXTURES)).map(async (name) => {
    const [definition, config] = await Promise.all(FILES.map(async (file) => JSON.parse(await readFile(join(FIXTURES, name, file), 'utf8')) as object));
    return { definition, config };
  }),
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TEXTS = ["The cat sat on the mat, it's 12 years old.", `${'a'.repeat(2000)}b`, ' '.repeat(1000), `${'x'.repeat(60)}z`, '<s>[CLS] é漢字🙂 \0\ud800 ☃', ''];

const isId = (id: number) => Number.isSafeInteger(id) && id >= 0;

/** Loads what is in the folder and uses it in every way. @returns whether it could be used */
async function tryTokenizer(): Promise<boolean> {
  const tokenizer = await attempt(() => Tokenizer.load(folder));
  if (!tokenizer) return false;
  for (const text of TEXTS) {
    const encoded = await attempt(() => tokenizer.encode(text));
    if (!encoded) return false; // a pattern that took too long for this text takes too long for the others
    expect(encoded.ids.every(isId) && encoded.types.every(isId) && encoded.types.length === encoded.ids.length).toBe(true);
    await attempt(() => tokenizer.decode(encoded.ids));
    const batch = await attempt(() => tokenizer.encodeBatch([[text], [text, 'a pair']], { maxLength: 16 }));
    expect(batch?.columns ?? 0).toBeLessThanOrEqual(16);
  }
  await attempt(() => tokenizer.applyChatTemplate([{ role: 'user', content: 'who sat?' }]));
  return true;
}

/** Puts a pattern where a tokenizer takes one. */
const PLACES: readonly ((pattern: object) => object)[] = [
  (pattern) => ({ pre_tokenizer: { type: 'Split', pattern, behavior: 'Isolated', invert: false } }),
  (pattern) => ({ pre_tokenizer: { type: 'Split', pattern, behavior: 'Removed', invert: true } }),
  (pattern) => ({ normalizer: { type: 'Sequence', normalizers: Array.from({ length: 8 }, () => ({ type: 'Replace', pattern, content: 'aaa' })) } }),
  (pattern) => ({ decoder: { type: 'Replace', pattern, content: 'bb' } }),
];

const TEMPLATES = ['{% for i in range(1000000000) %}x{% endfor %}', '{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}', '{{ messages.x.y }}', '{% if %}', '{{ [1] * 9 }}', '{{ "x"|indent(1e9) }}'];

test('absurd tokenizers', async () => {
  let used = 0;
  const files = fc.constantFrom(...kinds).chain(({ definition, config }) => {
    const patterned = fc.tuple(fc.constantFrom(...HOSTILE_PATTERNS), fc.constantFrom(...PLACES)).map(([Regex, place]) => JSON.stringify({ ...definition, ...place({ Regex }) }));
    const templated = fc.constantFrom(...TEMPLATES).map((chat_template) => JSON.stringify({ ...config, chat_template }));
    return fc.record({
      definition: fc.oneof({ weight: 6, arbitrary: hostileJson(definition) }, { weight: 1, arbitrary: patterned }, { weight: 3, arbitrary: fc.constant(JSON.stringify(definition)) }),
      config: fc.oneof({ weight: 3, arbitrary: hostileJson(config) }, { weight: 1, arbitrary: templated }, { weight: 6, arbitrary: fc.constant(JSON.stringify(config)) }),
    });
  });
  const property = fc.asyncProperty(files, async ({ definition, config }) => {
    await writeFile(join(folder, 'tokenizer.json'), definition);
    await writeFile(join(folder, 'tokenizer_config.json'), config);
    if (await tryTokenizer()) used++;
  });
  await fc.assert(property, hostileRuns(100));
  expect(used).toBeGreaterThan(10); // or nothing was tried
}, HOSTILE_TIMEOUT);
