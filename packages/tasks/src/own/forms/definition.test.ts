import { expect, test } from '@jest/globals';
import { parseDefinition, type TaskDefinition } from '../../index.js';

const columns = { texts: ['a'], label: 'b' } as const;
const definitions: TaskDefinition[] = [
  { ...columns, texts: ['a', 'c'], kind: 'classification', labels: ['x', 'y'] },
  { ...columns, kind: 'regression', mean: -1, deviation: 0.5 },
  { ...columns, kind: 'token-classification', labels: ['O', 'y'] },
  { ...columns, kind: 'generation', maxNewTokens: 5 },
];

test.each(definitions)('$kind comes back from JSON', (definition) => {
  expect(parseDefinition(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
});

test.each<[unknown, string]>([
  [null, '"kind" is undefined, expected one of classification, regression, token-classification, generation'],
  [{ kind: 'clasification' }, 'did you mean "classification"?'],
  [{ ...definitions[0], texts: [] }, 'a class is of one text or of a pair of texts, and --text names 0 columns'],
  [{ ...definitions[0], texts: 'a' }, '"texts" is "a"'],
  [{ ...definitions[0], label: 1 }, '"label" is 1, expected the name of a column, or null'],
  [{ ...definitions[0], label: null }, 'there is no column of classes'],
  [{ ...definitions[0], labels: ['x', 'x'] }, '"labels" is ["x","x"], expected two or more different names of classes'],
  [{ ...definitions[0], labels: ['x', '\u001b[2J'] }, 'expected two or more different names of classes'],
  [{ ...definitions[2], labels: ['x', 'y'.repeat(201)] }, 'expected two or more different names of classes'],
  [{ ...definitions[0], labels: { length: 2 } }, '"labels" is an object'],
  [{ ...definitions[1], mean: null }, '"mean" is null, expected a number'],
  [{ ...definitions[1], deviation: 0 }, '"deviation" is 0, expected a number above 0'],
  [{ ...definitions[3], maxNewTokens: 0.5 }, '"maxNewTokens" is 0.5, expected a whole number from 1 up'],
])('refuses %j', (value, message) => {
  expect(() => parseDefinition(value)).toThrow(message);
});

test('refuses a kind of lists within lists, however many', () => {
  expect(() => parseDefinition({ kind: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown })).toThrow('"kind" is');
});
