import { describe, expect, test } from '@jest/globals';
import { type Example, holdOutRows, withoutInputs } from '../index.js';

const rows = (count: number, label: (index: number) => number): Example[] => Array.from({ length: count }, (_, index) => ({ texts: [`text ${index}`], label: label(index) }));

describe('holdOutRows', () => {
  test('holds out the same share of each class, by the seed', () => {
    const examples = rows(1000, (index) => Number(index % 10 === 0));
    const { train, heldOut } = holdOutRows(examples, 0.2, 1);
    expect(train.length + heldOut.length).toBe(1000);
    expect(heldOut.filter(({ label }) => label === 1)).toHaveLength(20);
    expect(heldOut).toHaveLength(200);
    expect(holdOutRows(examples, 0.2, 1).heldOut).toEqual(heldOut);
    expect(holdOutRows(examples, 0.2, 2).heldOut).not.toEqual(heldOut);
  });

  test('rows with the same input stay on one side', () => {
    const examples = rows(300, (index) => index % 2).map((row, index): Example => ({ ...row, texts: [`text ${index % 50}`], label: index % 2 }));
    const { train, heldOut } = holdOutRows(examples, 0.3, 1);
    expect(heldOut.length).toBeGreaterThan(60);
    expect(withoutInputs(train, heldOut)).toEqual(train);
  });

  test('a class of one row is trained on', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { train } = holdOutRows(rows(10, (index) => Number(index === 9)), 0.4, seed);
      expect(train.some(({ label }) => label === 1)).toBe(true);
    }
  });

  test('scores are of one kind', () => {
    expect(holdOutRows(rows(100, (index) => index + 0.5), 0.1, 1).heldOut).toHaveLength(10);
  });

  test.each([[3, 0.1], [1, 0.5], [2, 0.2]])('%i rows are too few to hold out %d', (count, share) => {
    expect(() => holdOutRows(rows(count, () => 0), share, 1)).toThrow(`a share of ${share} of ${count} rows to hold out leaves 0 to measure on`);
  });
});

test('withoutInputs compares texts, words and prompts, whatever their labels', () => {
  const tagged: Example = { words: ['a', 'b'], label: [0, 1] };
  const asked: Example = { prompt: 'a', target: 'b', label: ['b'] };
  const pair: Example = { texts: ['a', 'b'], label: 1 };
  const rows = [tagged, asked, pair];
  expect(withoutInputs(rows, [{ ...tagged, label: [1, 1] }])).toEqual([asked, pair]);
  expect(withoutInputs(rows, [{ ...asked, target: 'c' }])).toEqual([tagged, pair]);
  expect(withoutInputs(rows, [{ texts: ['a'], label: 1 }])).toEqual(rows);
});
