import { describe, expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import { equationChain, equationList, equationsInWords } from './equations.js';
import { exercise } from './exercises.js';
import { drawText } from './index.js';
import { countingStory, ledger } from './stories.js';

const draws = (draw: (random: Random) => string, count = 500) => {
  const random = new Random(1);
  return Array.from({ length: count }, () => draw(random));
};

/** Every equation in a text is right. */
function expectRight(text: string): void {
  for (const [whole, left, sign, right, result] of text.matchAll(/(\d+) ([-+*/]) (\d+) = (\d+)\./g)) {
    const [a, b] = [Number(left), Number(right)];
    expect([whole, { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[sign]]).toEqual([whole, Number(result)]);
  }
}

test('equal generators give equal texts, all different enough to learn from', () => {
  expect(draws(drawText)).toEqual(draws(drawText));
  expect(new Set(draws(drawText)).size).toBeGreaterThan(480);
});

describe.each([equationList, equationChain, equationsInWords, countingStory, ledger, exercise])('%p', (draw) => {
  test('states what is right, in whole numbers from 0 to 61', () => {
    const texts = draws(draw);
    texts.forEach(expectRight);
    const numbers = texts.flatMap((text) => text.match(/\d+/g)!.map(Number));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(61);
  });
});

test('a chain goes on with the result before it', () => {
  for (const text of draws(equationChain)) {
    const equations = [...text.matchAll(/(\d+) \S (\d+) = (\d+)\./g)];
    expect(equations.length).toBeGreaterThan(1);
    equations.slice(1).forEach(([, left], index) => expect(left).toBe(equations[index][3]));
  }
});
