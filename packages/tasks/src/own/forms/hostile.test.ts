import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { attempt, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { type Columns, parseDefinition, readUserData, readUserInputs, type UserDataOptions, userTask } from '../../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true }));

const turns = [{ role: 'system', content: 'x' }, { role: 'user', content: 'hi' }, { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, { role: 'tool', content: '1' }, { role: 'assistant', content: 'hello' }];
const none: Columns = { texts: [], label: null };

test.each<[string, object, Columns, UserDataOptions]>([
  ['messages', { messages: turns, tools: [{ name: 'f' }], system: 'x' }, none, { kind: 'chat' }],
  ['ShareGPT', { conversations: [{ from: 'human', value: 'a' }, { from: 'function_call', value: '{"name": "f"}' }, { from: 'gpt', value: 'b' }], tools: '[]' }, none, {}],
  ['instructions', { instruction: 'a', input: 'b', output: 'c' }, none, {}],
  ['prompts', { prompt: 'a', completion: [{ role: 'assistant', content: 'b' }] }, none, {}],
  ['templates', { a: 'x', b: 1 }, { texts: [], label: 'b' }, { kind: 'chat', prompt: '{a} {{' }],
  ['text', { text: 'a' }, none, {}],
  ['pairs', { anchor: 'a', positive: 'b' }, none, {}],
  ['scored pairs', { a: 'x', b: 'y', score: 2.5 }, { texts: ['a', 'b'], label: 'score' }, { kind: 'embedding' }],
  ['labelled texts', { a: 'x', b: 'y' }, { texts: ['a'], label: 'b' }, { kind: 'embedding' }],
  ['preferences', { prompt: 'a', chosen: 'b', rejected: 'c' }, none, {}],
  ['preferences of turns', { chosen: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }], rejected: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'c' }] }, none, {}],
  ['several labels', { a: 'x', b: ['y', 'z'] }, { texts: ['a'], label: 'b' }, { kind: 'multilabel' }],
])('hostile rows of %s are read or refused', async (_, row, columns, options) => {
  const path = join(folder, 'x.jsonl');
  const whole = await (async () => {
    await writeFile(path, `${JSON.stringify(row)}\n${JSON.stringify({ ...row, b: 'other', score: 1 })}\n`);
    return readUserData(path, columns, options);
  })().catch(() => undefined);
  const cases = fc.array(hostileJson(row), { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(cases, async (lines) => {
    await writeFile(path, lines.join('\n'));
    await attempt(() => readUserData(path, columns, options));
    if (!whole) return;
    await attempt(async () => {
      for await (const { example } of readUserInputs(path, userTask('x', whole.definition))) expect(example === undefined || 'label' in example).toBe(true);
    });
  });
  await fc.assert(property, hostileRuns(30));
  const definitions = fc.asyncProperty(hostileJson(whole?.definition ?? row), async (text) => {
    await attempt(() => parseDefinition(JSON.parse(text)));
  });
  await fc.assert(definitions, hostileRuns(30));
}, HOSTILE_TIMEOUT);
