import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type Columns, parseDefinition, readUserData, type UserDataOptions, userTask } from '../../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forms-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array | readonly unknown[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Array.isArray(content) ? content.map((row) => `${JSON.stringify(row)}\n`).join('') : (content as string));
  return path;
}
const none: Columns = { texts: [], label: null };
const read = async (name: string, content: string | Uint8Array | readonly unknown[], columns = none, options: UserDataOptions = {}) => readUserData(await file(name, content), columns, options);

const turns = [{ role: 'user', content: 'hi' }, { role: 'assistant', content: 'hello' }];

describe('conversations', () => {
  test.each<[string, unknown]>([
    ['messages', { messages: turns }],
    ['conversations', { conversations: [{ from: 'human', value: 'hi' }, { from: 'gpt', value: 'hello' }] }],
    ['instruction', { instruction: 'hi', input: '', output: 'hello' }],
    ['prompt', { prompt: 'hi', completion: 'hello' }],
    ['prompt', { prompt: [turns[0]], completion: [turns[1]] }],
  ])('in %s', async (shape, row) => {
    const { definition, examples, inferred } = await read('x.jsonl', [row, row]);
    expect(definition).toMatchObject({ kind: 'chat', shape });
    expect(inferred?.because).toMatch(/^its rows have "/);
    expect(examples).toEqual(Array(2).fill({ messages: turns, label: 0 }));
    expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
    expect(userTask('x', definition).input(new Map([['prompt', 'hi']]))).toEqual({ messages: [turns[0]], label: 0 });
  });

  test('with a system prompt, an input and tools, from lists of JSON and parquet', async () => {
    const rows = [{ system: 'be brief', instruction: 'add', input: '1 2', output: '3', tools: '[{"name": "sum"}]' }];
    const messages = [{ role: 'system', content: 'be brief' }, { role: 'user', content: 'add\n\n1 2' }, { role: 'assistant', content: '3' }];
    expect((await read('x.json', JSON.stringify(rows))).examples).toEqual([{ messages, tools: [{ name: 'sum' }], label: 0 }]);
    const columns = Object.entries(rows[0]).map(([name, value]) => ({ name, data: [value] }));
    expect((await read('x.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns })))).examples).toEqual([{ messages, tools: [{ name: 'sum' }], label: 0 }]);
  });

  test('of any columns, by a template', async () => {
    const { definition, examples } = await read('x.csv', 'q,lang,a\nred,French,rouge\n', { texts: [], label: 'a' }, { kind: 'chat', prompt: '{{{q}}} in {lang}?' });
    expect(examples).toEqual([{ messages: [{ role: 'user', content: '{red} in French?' }, { role: 'assistant', content: 'rouge' }], label: 0 }]);
    expect(userTask('x', definition).inputs).toEqual(['q', 'lang']);
  });

  test.each<[unknown, string]>([
    [{ messages: 'hi' }, 'has "hi" in field "messages"; give a list of turns'],
    [{ messages: [] }, 'has no turns in field "messages"'],
    [{ messages: [{ role: 'user' }] }, 'has neither content nor tool calls in turn 1'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'has 5 as content of turn 1'],
    [{ messages: [{ from: 'robot', value: 'hi' }] }, '"from" is "robot"; give a role, or one of human'],
    [{ messages: [turns[0]] }, 'ends with a turn of user; end it with the answer of the assistant'],
    [{ instruction: '', output: 'a' }, 'has an empty text in field "instruction"'],
  ])('%j is refused', async (row, message) => {
    await expect(read('x.jsonl', [row], none, { kind: 'chat' })).rejects.toThrow(message);
  });
});

describe('preferences', () => {
  const [good, bad] = [{ role: 'assistant', content: 'hello' }, { role: 'assistant', content: 'go' }];
  test.each<[string, unknown, unknown]>([
    ['texts', { prompt: 'hi', chosen: ' a', rejected: ' b' }, { prompt: 'hi', chosen: ' a', rejected: ' b' }],
    ['turns', { prompt: [turns[0]], chosen: [good], rejected: [bad] }, { prompt: [turns[0]], chosen: [good], rejected: [bad] }],
    ['a text and turns', { prompt: 'hi', chosen: [good], rejected: [bad] }, { prompt: [turns[0]], chosen: [good], rejected: [bad] }],
    ['conversations that begin alike', { chosen: [turns[0], good], rejected: [turns[0], bad] }, { prompt: [turns[0]], chosen: [good], rejected: [bad] }],
    ['ShareGPT', { conversations: [{ from: 'human', value: 'hi' }], chosen: { from: 'gpt', value: 'hello' }, rejected: { from: 'gpt', value: 'go' } }, { prompt: [turns[0]], chosen: [good], rejected: [bad] }],
  ])('in %s', async (_, row, example) => {
    const { definition, examples } = await read('x.jsonl', [row]);
    expect(definition).toMatchObject({ kind: 'preference', loss: 'dpo', beta: 0.1 });
    expect(examples).toEqual([{ ...(example as object), label: 0 }]);
    expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  test.each<[unknown, string]>([
    [{ prompt: 'hi', chosen: 'a', rejected: 'a' }, 'has the same answer'],
    [{ chosen: 'a', rejected: 'b' }, 'has no "prompt"'],
    [{ chosen: [turns[0], good], rejected: [bad] }, 'has nothing in common'],
  ])('%j is refused', async (row, message) => {
    await expect(read('x.jsonl', [row])).rejects.toThrow(message);
  });
});

describe('embeddings', () => {
  test.each<[string, Columns, string, string]>([
    ['pairs', { texts: ['a', 'b'], label: null }, 'a,b\nx,y\n', '{"texts":["x","y"],"label":0}'],
    ['triplets', { texts: ['a', 'b', 'c'], label: null }, 'a,b,c\nx,y,z\n', '{"texts":["x","y","z"],"label":0}'],
    ['scored', { texts: ['a', 'b'], label: 's' }, 'a,b,s\nx,y,2.5\nz,z,5\nx,z,0\n', '{"texts":["x","y"],"label":0.5}'],
    ['labelled', { texts: ['a'], label: 's' }, 'a,s\nx,k\ny,l\n', '{"texts":["x"],"label":0}'],
  ])('of %s', async (shape, columns, content, first) => {
    const { definition, examples } = await read('x.csv', content, columns, { kind: 'embedding' });
    expect(definition).toMatchObject({ kind: 'embedding', shape });
    expect(JSON.stringify(examples[0])).toBe(first);
    expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  test('by a loss that goes with them', async () => {
    const triplets = { texts: ['a', 'b', 'c'], label: null };
    expect((await read('x.csv', 'a,b,c\nx,y,z\n', triplets, { kind: 'embedding', loss: 'triplet' })).definition).toMatchObject({ loss: 'triplet' });
    await expect(read('x.csv', 'a,b,c\nx,y,z\n', triplets, { kind: 'embedding', loss: 'cosine' })).rejects.toThrow('triplets texts are not learned by the loss "cosine": choose ranking or triplet');
    await expect(read('x.csv', 'a,b,c,d\nx,y,z,1\n', { ...triplets, label: 'd' }, { kind: 'embedding' })).rejects.toThrow('embeddings are learned from pairs');
  });
});

test('several labels are a list, or a text with a separator; none is none', async () => {
  const columns = { texts: ['t'], label: 'l' } as const;
  const { definition, examples } = await read('x.jsonl', [{ t: 'a', l: ['x', 'y', 'x'] }, { t: 'b', l: 'y | z' }, { t: 'c', l: '' }, { t: 'd', l: [] }], columns, { kind: 'multilabel', separator: '|', threshold: { z: 0.2 } });
  expect(definition).toMatchObject({ labels: ['x', 'y', 'z'], thresholds: [0.5, 0.5, 0.2] });
  expect(examples.map(({ label }) => label)).toEqual([[0, 1], [1, 2], [], []]);
  expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  await expect(read('x.jsonl', [{ t: 'a', l: ['x', 'y'] }], columns, { kind: 'multilabel', threshold: { q: 0.2 } })).rejects.toThrow('there is a threshold of "q", a label that no training row has');
});

describe('plain text', () => {
  test('of a file is its paragraphs, long ones in rows of their own', async () => {
    const paragraphs = Array.from({ length: 5 }, (_, index) => `${index} ${'word '.repeat(500)}`.trim());
    const { definition, examples } = await read('x.md', `${paragraphs.join('\n\n')}\n`);
    expect(definition).toEqual({ kind: 'text', texts: ['text'], label: null, prompt: null });
    expect(examples.map((example) => ('text' in example ? example.text : ''))).toEqual([paragraphs.slice(0, 2).join('\n\n'), paragraphs.slice(2, 4).join('\n\n'), paragraphs[4]]);
  });

  test('of rows is a column, or a template', async () => {
    expect((await read('x.jsonl', [{ text: 'a' }])).examples).toEqual([{ text: 'a', label: 0 }]);
    expect((await read('x.jsonl', [{ n: 1, t: 'a' }], none, { kind: 'text', prompt: '{n}: {t}' })).examples).toEqual([{ text: '1: a', label: 0 }]);
  });
});

test('rows that could be anything are not guessed at', async () => {
  await expect(read('x.jsonl', [{ a: 'b', c: 'd' }])).rejects.toThrow('there is no saying what the rows ask for, whose fields are a, c');
});

describe('how a file is written', () => {
  const columns = { texts: ['q'], label: 'c' } as const;
  const expected = [{ texts: ['naïve, ok'], label: 0 }, { texts: ['b'], label: 1 }];
  test.each<[string, string, Uint8Array, UserDataOptions]>([
    ['semicolons', 'x.csv', Buffer.from('q;c\nnaïve, ok;x\nb;y\n'), {}],
    ['tabs in .csv', 'x.csv', Buffer.from('q\tc\nnaïve, ok\tx\nb\ty\n'), {}],
    ['UTF-16 with its mark', 'x.csv', Buffer.from('\ufeffq;c\nnaïve, ok;x\nb;y\n', 'utf16le'), {}],
    ['UTF-16 that is named', 'x.csv', Buffer.from('q;c\nnaïve, ok;x\nb;y\n', 'utf16le'), { encoding: 'utf-16le' }],
    ['Latin-1 that is named', 'x.csv', Buffer.from('q;c\nnaïve, ok;x\nb;y\n', 'latin1'), { encoding: 'latin1' }],
    ['a delimiter that is named, quotation marks around cells', 'x.tsv', Buffer.from('q~c\n"naïve, ok"~x\nb~y\n'), { delimiter: '~' }],
  ])('%s', async (_, name, bytes, options) => {
    expect((await read(name, bytes, columns, { kind: 'classification', ...options })).examples).toEqual(expected);
  });

  test('what is not seen is named with the option that reads it', async () => {
    await expect(read('x.csv', Buffer.from('q,c\nnaïve,x\n', 'latin1'), columns)).rejects.toThrow('--encoding latin1');
    await expect(read('x.csv', 'q,c\n', columns, { delimiter: ',,' })).rejects.toThrow('the delimiter is ",,": give one character');
    await expect(read('x.csv', 'q,c\n', columns, { encoding: 'ebcdic' })).rejects.toThrow('the encoding "ebcdic" is not known');
    await expect(read('x.json', '{"a": 1}')).rejects.toThrow('holds an object: write a list of objects');
    await expect(read('x.json', '[1, {"text": "a"}]')).rejects.toThrow('row 1, is 1; write a list of objects');
  });
});
