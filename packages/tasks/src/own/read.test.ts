import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readUserData, readUserExamples, readUserInputs, userTask } from '../index.js';

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
    expect(read.inferred?.because).toBe(because);
  });

  test('unless it is said', async () => {
    const read = await readUserData(await file('x.csv', csv('a,1', 'b,2', 'c,3')), columns, { kind: 'regression' });
    expect(read.definition.kind).toBe('regression');
    expect(read.inferred).toBeUndefined();
  });
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
    expect(inputs).toEqual([{ row: { id: 7, body: 'c' }, example: { texts: ['c'], label: 0 } }]);
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
    ['a file of another kind', 'x.xlsx', '', {}, 'x.xlsx: data is read from .jsonl, .csv, .tsv, .parquet files'],
    ['no file', '../absent.csv', '', {}, 'absent.csv (ENOENT)'],
    ['a list for a class', 'x.jsonl', [{ body: 'a', topic: 'b' }, { body: 'c', topic: ['d'] }], {}, 'x.jsonl:2 has a list in field "topic"; give a text or a number'],
    ['a label with a control character', 'x.jsonl', [{ body: 'a', topic: 'b' }, { body: 'c', topic: '\u001b[31m' }, { body: 'c', topic: 'b' }], {}, 'x.jsonl:2 has "\\u001b[31m" in field "topic"; a label has at most 200 characters, no tabs and no line ends'],
    ['other numbers of words and tags', 'x.csv', csv('a b,O X', 'c,O O'), { kind: 'token-classification' }, 'x.csv:3 has 1 words in "body" and 2 tags in "topic"; give one for each word'],
    ['no words', 'x.jsonl', [{ body: [], topic: [] }], {}, 'x.jsonl:1 has no words in field "topic"; leave such rows out'],
  ])('%s', async (_, name, content, options, message) => {
    const path = name.startsWith('..') ? join(folder, 'absent.csv') : await file(name, content);
    await expect(readUserData(path, columns, options)).rejects.toMatchObject({ name: 'UnmaskError', message: expect.stringContaining(message) as unknown });
  });

  test('a class that no training row has', async () => {
    const { definition } = await readUserData(await file('x.csv', csv('a,pos', 'b,neg')), columns, { kind: 'classification' });
    await expect(readUserExamples(await file('y.csv', csv('c,poss')), userTask('x', definition))).rejects.toThrow('y.csv:2 has "poss" in field "topic", which no training row has; they have neg, pos; did you mean "pos"?');
  });

  test.each(['token-classification', 'generation'] as const)('two text columns for %s', async (kind) => {
    await expect(readUserData(await file('x.csv', 'a,b,c\nx,y,z\nx,y,w\n'), { texts: ['a', 'b'], label: 'c' }, { kind })).rejects.toThrow('name one');
  });
});
