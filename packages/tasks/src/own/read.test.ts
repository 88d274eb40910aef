import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { UnmaskError } from '@unmask/tensor-core';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { evaluate, Json, readUserData, readUserExamples, readUserInputs, readUserTexts, unseenNote, userTask } from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | unknown[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : content.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}
const columns = { texts: ['body'], label: 'topic' } as const;
const csv = (...rows: string[]) => `body,topic\n${rows.join('\n')}\n`;

describe('what the rows ask for', () => {
  test.each<[string, string | unknown[], object, string]>([
    ['texts that come again are classes, in order of their characters', csv('a,pos', 'b,neg', 'c,pos'), { kind: 'classification', labels: ['neg', 'pos'] }, '2 different values'],
    ['few whole numbers are classes, by size', csv('a,10', 'b,9', 'c,10'), { kind: 'classification', labels: ['9', '10'] }, '2 different whole numbers'],
    ['truth values are classes', [{ body: 'a', topic: true }, { body: 'b', topic: false }], { kind: 'classification', labels: ['false', 'true'] }, '2 different values'],
    ['other numbers are scores', csv('a,1', 'b,2.5', 'c,4'), { kind: 'regression', mean: 2.5, deviation: Math.sqrt(1.5) }, 'numbers'],
    ['many whole numbers are scores', csv(...Array.from({ length: 21 }, (_, n) => `a,${n}`)), { kind: 'regression', mean: 10 }, 'numbers'],
    ['lists are tags', [{ body: ['a', 'b'], topic: ['X', 'O'] }], { kind: 'token-classification', labels: ['O', 'X'] }, 'lists'],
    ['a word for each word is a tag', csv('Ada came,B-PER O', 'so what,O O'), { kind: 'token-classification', labels: ['O', 'B-PER'] }, 'a tag for each word in "body"'],
    ['texts that do not come again are completions', csv('a,one thing', 'b,another', 'c,a third'), { kind: 'generation', maxNewTokens: 128 }, '3 different texts in 3 rows'],
  ])('%s', async (_, content, definition, because) => {
    const read = await readUserData(await file(typeof content === 'string' ? 'x.csv' : 'x.jsonl', content), columns);
    expect(read.definition).toMatchObject({ ...columns, ...definition });
    expect(read.inferred?.because).toBe(`field "topic" has ${because}`);
  });

  test('unless it is said', async () => {
    const read = await readUserData(await file('x.csv', csv('a,1', 'b,2', 'c,3')), columns, { kind: 'regression' });
    expect(read.definition.kind).toBe('regression');
    expect(read.inferred).toBeUndefined();
  });
});

test.each([
  ['objects with fields that JavaScript calls', '{"body":"a","topic":{"toString":1}}\n{"body":"b","topic":{}}\n'],
  ['lists in lists, deeper than calls go', `{"body":${'['.repeat(100_000)}${']'.repeat(100_000)},"topic":"a"}\n`],
])('%s are refused as values, in one line', async (_, content) => {
  await expect(readUserData(await file('x.jsonl', content), columns)).rejects.toMatchObject({ name: 'UnmaskError' });
});

describe('examples', () => {
  test('of classes, from CSV with quoted line ends and labels with blanks around', async () => {
    const { examples } = await readUserData(await file('x.csv', csv('"a, ""b""\nc", pos ', 'd,neg', 'e,pos')), columns);
    expect(examples).toEqual([{ texts: ['a, "b"\nc'], label: 1 }, { texts: ['d'], label: 0 }, { texts: ['e'], label: 1 }]);
  });

  test('of pairs of texts', async () => {
    const path = await file('x.tsv', 'p\th\ty\nA\tB\tno\nC\tD\tyes\n');
    expect((await readUserData(path, { texts: ['p', 'h'], label: 'y' }, { kind: 'classification' })).examples).toEqual([{ texts: ['A', 'B'], label: 0 }, { texts: ['C', 'D'], label: 1 }]);
  });

  test('of scores, which have mean 0 and deviation 1, and go back into the user\'s units', async () => {
    const { definition, examples } = await readUserData(await file('x.csv', csv('a,100', 'b,300')), columns, { kind: 'regression' });
    expect(examples.map(({ label }) => label)).toEqual([-1, 1]);
    expect(userTask('x', definition).readable(0.5)).toBe(250);
  });

  test('of tags, in CSV also as JSON', async () => {
    const { definition, examples } = await readUserData(await file('x.csv', csv('Ada came,B-PER O', `"[""a b"", ""c""]","[""O"", ""O""]"`)), columns, { kind: 'token-classification' });
    expect(examples).toEqual([{ words: ['Ada', 'came'], label: [1, 0] }, { words: ['a b', 'c'], label: [0, 0] }]);
    const user = userTask('x', definition);
    expect(user.readable([0, 1])).toEqual(['O', 'B-PER']);
    expect(user.task.primaryMetric).toBe('f1');
  });

  test('tags that mark no entities are measured word by word', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a cat,DET NOUN')), columns);
    expect(userTask('x', definition).task.primaryMetric).toBe('wordAccuracy');
  });

  test('of completions, as they stand', async () => {
    const { examples } = await readUserData(await file('x.csv', csv('Q: 1 A:, 2', 'x,y')), columns, { kind: 'generation' });
    expect(examples[0]).toEqual({ prompt: 'Q: 1 A:', target: ' 2', label: [' 2'] });
  });

  test('an evaluation file is read by the classes of the training rows', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
    expect(await readUserExamples(await file('y.csv', csv('c,pos')), userTask('x', definition))).toEqual([{ texts: ['c'], label: 1 }]);
  });

  test('rows without labels keep all their values', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
    const inputs = [];
    for await (const input of readUserInputs(await file('new.jsonl', [{ id: 7, body: 'c' }]), userTask('x', definition))) inputs.push(input);
    expect(inputs).toEqual([{ row: new Map<string, unknown>([['id', new Json('7')], ['body', 'c']]), example: { texts: ['c'], label: 0 } }]);
  });
});

describe('a mistake names file, line and remedy', () => {
  test.each<[string, string, string | unknown[], object, string]>([
    ['a missing column', 'x.csv', 'bodi,topic\na,b\n', {}, 'x.csv:2 has no field "body"; its fields are bodi, topic; did you mean "bodi"?'],
    ['an empty label', 'x.csv', csv('a,b', 'c, '), {}, 'x.csv:3 has " " in field "topic", which is no label; leave such rows out'],
    ['a label NaN', 'x.csv', csv('a,b', 'c,NaN', 'd,b'), {}, 'x.csv:3 has "NaN" in field "topic", which is no label'],
    ['a score NaN', 'x.csv', csv('a,0.5', 'c,NaN'), {}, 'x.csv:3 has "NaN" in field "topic"; give a number'],
    ['a score that is none', 'x.csv', csv('a,0.5', 'c,much'), { kind: 'regression' }, 'x.csv:3 has "much" in field "topic"; give a number'],
    ['one class', 'x.csv', csv('a,b', 'c,b'), {}, 'every training row has "b" in field "topic": give rows of two classes at least'],
    ['one score', 'x.csv', csv('a,1.5', 'c,1.5'), {}, 'have a standard deviation of 0'],
    ['one tag', 'x.csv', csv('a b,O O'), {}, 'every word of the training rows has the tag "O"'],
    ['an empty text', 'x.csv', csv(' ,b', 'c,d'), {}, 'x.csv:2 has an empty text in field "body"; leave such rows out'],
    ['a column named twice', 'x.csv', 'body,topic,topic\na,b,c\n', {}, 'x.csv:1 names the field "topic" twice'],
    ['an empty file', 'x.csv', '', {}, 'x.csv has no rows'],
    ['a header alone', 'x.csv', 'body,topic\n', {}, 'x.csv has no rows'],
    ['a file of another kind', 'x.xlsx', '', {}, 'x.xlsx: data is read from .jsonl, .json, .csv, .tsv, .parquet, .txt, .md files'],
    ['no file', '../absent.csv', '', {}, 'absent.csv (ENOENT)'],
    ['a list for a class', 'x.jsonl', [{ body: 'a', topic: 'b' }, { body: 'c', topic: ['d'] }], {}, 'x.jsonl:2 has a list in field "topic"; give a text or a number'],
    ['a label with a control character', 'x.jsonl', [{ body: 'a', topic: 'b' }, { body: 'c', topic: '\u001b[31m' }, { body: 'c', topic: 'b' }], {}, 'x.jsonl:2 has "\\u001b[31m" in field "topic"; a label has at most 200 characters, no tabs and no line ends'],
    ['other numbers of words and tags', 'x.csv', csv('a b,O X', 'c,O O'), { kind: 'token-classification' }, 'x.csv:3 has 1 words in "body" and 2 tags in "topic"; give one for each word'],
    ['no words', 'x.jsonl', [{ body: [], topic: [] }], {}, 'x.jsonl:1 has no words in field "body"; leave such rows out'],
  ])('%s', async (_, name, content, options, message) => {
    const path = name.startsWith('..') ? join(folder, 'absent.csv') : await file(name, content);
    await expect(readUserData(path, columns, options)).rejects.toMatchObject({ name: 'UnmaskError', message: expect.stringContaining(message) as unknown });
  });

  test('classes of which no training row has one', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
    await expect(readUserExamples(await file('y.csv', csv('c,poss')), userTask('x', definition))).rejects.toThrow('y.csv:2 has the label "poss", which no training row has, and so it is with every row; they have neg, pos; did you mean "pos"?');
  });

  test.each(['token-classification', 'generation'] as const)('two text columns for %s', async (kind) => {
    await expect(readUserData(await file('x.csv', 'a,b,c\nx,y,z\nx,y,w\n'), { texts: ['a', 'b'], label: 'c' }, { kind })).rejects.toThrow('name one');
  });
});

describe('what stands in a file is what is read', () => {
  test('class names above 2^53 stay apart, in every format', async () => {
    const [a, b] = ['1580661436132757506', '1580661436132757507'];
    const files = [await file('x.csv', csv(`a,${a}`, `b,${b}`)), await file('x.jsonl', `{"body":"a","topic":${a}}\n{"body":"b","topic":${b}}\n`)];
    const parquet = parquetWriteBuffer({ columnData: [{ name: 'body', data: ['a', 'b'] }, { name: 'topic', data: [BigInt(a), BigInt(b)] }] });
    await writeFile(join(folder, 'x.parquet'), new Uint8Array(parquet));
    for (const path of [...files, join(folder, 'x.parquet')]) {
      expect((await readUserData(path, columns, { kind: 'classification' })).definition).toMatchObject({ labels: [a, b] });
    }
    const tags = await readUserData(await file('tags.jsonl', `{"body":["x","y"],"topic":[${a},${b}]}\n`), columns);
    expect(tags.definition).toMatchObject({ kind: 'token-classification', labels: [a, b] });
  });

  test('equal numbers are one class however they are written', async () => {
    const { definition } = await readUserData(await file('x.jsonl', '{"body":"a","topic":1}\n{"body":"b","topic":1.0}\n{"body":"c","topic":1e0}\n{"body":"d","topic":2}\n'), columns);
    expect(definition).toMatchObject({ labels: ['1', '2'] });
  });

  test('words may be anything', async () => {
    const words = ['NaN', 'null', 'x'.repeat(500), 'a\u0000b', '\u001b[31m', ' ', '', '12'];
    const { definition, examples } = await readUserData(await file('x.jsonl', [{ body: words, topic: words.map((_, index) => (index % 2 ? 'B-X' : 'O')) }]), columns);
    expect(definition).toMatchObject({ labels: ['O', 'B-X'] });
    expect(examples).toEqual([{ words, label: words.map((_, index) => index % 2) }]);
    const separated = await readUserData(await file('x.csv', csv('NaN null,X O')), columns, { kind: 'token-classification' });
    expect(separated.examples).toEqual([{ words: ['NaN', 'null'], label: [1, 0] }]);
  });

  test('a word that is none is named', async () => {
    await expect(readUserData(await file('x.jsonl', [{ body: ['a', null], topic: ['O', 'X'] }]), columns)).rejects.toThrow('x.jsonl:1 has null as word 2 of field "body"; give texts');
  });

  test.each([
    ['x.csv', csv('a,b', 'c,d') + '\n\n \n'],
    ['x.csv', `\n${csv('a,b', '', 'c,d')}`],
    ['x.tsv', 'body\ttopic\na\tb\nc\td\n\n\n'],
    ['x.jsonl', '{"body":"a","topic":"b"}\n\n{"body":"c","topic":"d"}\n \n\n'],
  ])('blank lines of %s are no rows', async (name, content) => {
    expect((await readUserData(await file(name, content), columns)).examples).toHaveLength(2);
  });

  test('a header of many columns is read at once', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `c${index}`);
    const { examples } = await readUserData(await file('x.csv', `body,topic,${names.join(',')}\n${['a', 'b'].map((name) => `${name},${name}${',1'.repeat(names.length)}`).join('\n')}\n`), columns);
    expect(examples).toHaveLength(2);
  });
});

describe('rows to measure on', () => {
  test('a class that no training row has counts as wrong', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
    const user = userTask('x', definition);
    const examples = await readUserExamples(await file('y.csv', csv('c,pos', 'd,poss', 'e,other', 'f,poss')), user);
    expect(examples.map(({ label }) => label)).toEqual([1, 2, 3, 2]);
    expect(unseenNote('y.csv', user, examples)).toBe('3 of 4 rows of y.csv have a label that no training row has (poss, other): they count as wrong answers');
    expect(unseenNote('y.csv', user, examples.slice(0, 1))).toBeUndefined();
    expect(evaluate(user.task, [1, 1, 1, 1], examples).accuracy).toBe(0.25);
    expect(user.names).toEqual(['neg', 'pos', 'poss', 'other']);
  });

  test('an entity of a type that no training row has is missed', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('Ada came,B-PER O')), columns, { kind: 'token-classification' });
    const user = userTask('x', definition);
    const examples = await readUserExamples(await file('y.csv', csv('Ada saw Rome,B-PER O B-LOC')), user);
    expect(evaluate(user.task, [[1, 0, 0]], examples)).toMatchObject({ precision: 1, recall: 0.5 });
  });
});

test('a text that is empty is no input, others are', async () => {
  const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
  const user = userTask('x', definition);
  const rows = await file('new.jsonl', [{ body: 'c' }, { body: ' ' }, { body: null }, { body: 'd' }]);
  const found = [];
  for await (const { example } of readUserInputs(rows, user)) found.push(example && 'texts' in example ? example.texts[0] : undefined);
  expect(found).toEqual(['c', undefined, undefined, 'd']);
  const lines = [];
  for await (const { example } of readUserTexts(['e', '', 'f'], user)) lines.push(example !== undefined);
  expect(lines).toEqual([true, false, true]);
});

describe('rows that do not fit', () => {
  const bad = () => file('x.jsonl', '{"body":"a","topic":"x"}\n{"body":"b"\n{"body":" ","topic":"x"}\n{"body":"c","topic":"y"}\n{"body":"d","topic":null}\n');
  const problems = [':2 is not valid JSON', ':3 has an empty text in field "body"', ':5 has null in field "topic"'];

  test('are all named at once', async () => {
    const error = await readUserData(await bad(), columns, { kind: 'classification' }).catch((caught: unknown) => caught as UnmaskError);
    expect(error).toMatchObject({ code: 'bad-data', message: expect.stringContaining('3 rows do not fit, the first: ') as unknown, details: problems.map((problem) => expect.stringContaining(problem) as unknown) });
    const many = await file('x.csv', csv(...Array.from({ length: 50 }, () => ',x')));
    await expect(readUserData(many, columns, { kind: 'classification' })).rejects.toMatchObject({ details: { length: 21, 20: '… and 30 more' } });
  });

  test('are passed over when asked for', async () => {
    const passed: string[] = [];
    const { examples } = await readUserData(await bad(), columns, { kind: 'classification', onBadRow: (problem) => passed.push(problem) });
    expect(examples).toEqual([{ texts: ['a'], label: 0 }, { texts: ['c'], label: 1 }]);
    expect(passed).toEqual(problems.map((problem) => expect.stringContaining(problem) as unknown));
    await expect(readUserData(await file('y.csv', csv(',x')), columns, { kind: 'classification', onBadRow: () => undefined })).rejects.toThrow('none of the 1 rows of');
  });

  test('a number that is none among many is named', async () => {
    const rows = csv(...Array.from({ length: 30 }, (_, index) => `text ${index},${index + 0.5}`), 'text,n/a');
    await expect(readUserData(await file('x.csv', rows), columns)).rejects.toThrow('x.csv:32 has "n/a" in field "topic"; give a number: field "topic" has numbers in 30 of 31 rows, and if this is no regression, say so by --task');
  });
});
