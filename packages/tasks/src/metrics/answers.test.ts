import { expect, test } from '@jest/globals';
import { answerAccuracy, firstChoice, lastNumber } from './answers.js';

test.each([
  ['The answer is 18.', 18],
  ['5 + 4 = 9 apples', 9],
  ['It costs $1,234,567.50 in all', 1234567.5],
  ['-3 degrees', -3],
  ['10-3', -3], // as LLM-Adapters read it
  ['#### 72\n', 72],
  ['.5', 5],
  ['none', Infinity],
  ['', Infinity],
])('the last number of %j is %p', (text, number) => {
  expect(lastNumber(text)).toBe(number);
});

test.each([
  ['The answer is (C), not D', 'C'],
  ['b) or E', 'E'],
  ['Because it is A', 'B'], // as LLM-Adapters read it
  ['none', ''],
])('the first choice in %j is %j', (text, letter) => {
  expect(firstChoice(text)).toBe(letter);
});

test.each([
  ['so 8.0005', '8.0', 1],
  ['so 8.002', '8.0', 0],
  ['eight', '8', 0],
  ['1,000', '1000', 1],
  ['(B)', 'B', 1],
  ['no letter', 'B', 0],
])('%j against %j scores %p', (text, truth, score) => {
  expect(answerAccuracy([text], [[truth]])).toBe(score);
});
