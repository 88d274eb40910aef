import { describe, expect, test } from '@jest/globals';
import { evaluate, majorityBaseline } from '../evaluate.js';
import { getTask } from '../registry.js';
import type { GenerationExample, GenerationTask } from '../task.js';
import { synthesizeSplit } from './split.js';

const COUNT = 300;
const taskOf = (name: string) => getTask(name) as GenerationTask;
const examplesOf = (name: string): GenerationExample[] => synthesizeSplit(taskOf(name), name === 'math_joint' ? 'train' : 'test', { seed: 1, count: COUNT });
const tasks = ['gsm8k', 'svamp', 'aqua', 'multiarith', 'singleeq', 'addsub', 'math_joint'];

describe.each(tasks)('generated problems of %s', (name) => {
  const examples = examplesOf(name);

  test('the answer that is read off a solution is the right one', () => {
    const targets = examples.map(({ target }) => target);
    expect(evaluate(taskOf(name), targets, examples)).toEqual({ accuracy: 1 });
    expect(evaluate(taskOf(name), [...targets.slice(1), targets[0]], examples).accuracy).toBeLessThan(0.3);
  });

  test('each equation of a solution is right, of whole numbers from 0 to 60, and follows from the problem', () => {
    for (const { prompt, target } of examples) {
      const known = new Set(prompt.match(/\d+/g)!.map(Number));
      for (const [, left, sign, right, result] of target.matchAll(/(\d+) ([-+*/]) (\d+) = (\d+)\./g)) {
        const [a, b, c] = [left, right, result].map(Number);
        expect({ '+': a + b, '-': a - b, '*': a * b, '/': a / b }[sign]).toBe(c);
        expect([known.has(a), known.has(b), c >= 0 && c <= 60]).toEqual([true, true, true]);
        known.add(c);
      }
    }
  });

  test('one answer to all problems is seldom right', () => {
    const { accuracy } = majorityBaseline(taskOf(name), examplesOf('math_joint'), examples);
    expect(accuracy).toBeLessThan(name === 'aqua' ? 0.3 : 0.1);
  });

  test('problems are told in many ways', () => {
    const wordings = new Set(examples.map(({ prompt }) => prompt.replaceAll(/\d+/g, '#').replaceAll(/\b(?!Below|Write)[A-Z][a-z]+\b/g, '@')));
    expect(wordings.size).toBeGreaterThan(COUNT / 2);
  });
});

test('letters are right about equally often', () => {
  const letters = examplesOf('aqua').map(({ label: [letter] }) => letter);
  for (const letter of ['A', 'B', 'C', 'D', 'E']) expect(Math.abs(letters.filter((each) => each === letter).length - COUNT / 5)).toBeLessThan(30);
});

test('a problem of SVAMP tells a number that its solution does not need', () => {
  for (const { prompt, target } of examplesOf('svamp')) {
    const used = new Set(target.match(/\d+/g));
    expect(prompt.match(/\d+/g)!.length).toBe(3);
    expect(target.match(/=/g)!.length).toBe(1);
    expect(used.size).toBeLessThanOrEqual(3);
  }
});
