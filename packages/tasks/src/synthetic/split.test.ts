import { describe, expect, test } from '@jest/globals';
import { getTask, taskNames } from '../registry.js';
import { synthesizeSplit } from './split.js';

describe.each(taskNames)('synthesizeSplit of %s', (name) => {
  const task = getTask(name);
  const train = synthesizeSplit(task, 'train', { seed: 1, count: 2000 });

  test('makes different examples with as many texts as the task has fields', () => {
    expect(new Set(train.map(({ texts }) => texts.join('\n'))).size).toBe(2000);
    const unfit = train.filter(({ texts }) => texts.length !== task.fields.length || !texts.every((text) => /^\S+( \S+)+$/.test(text)));
    expect(unfit).toEqual([]);
  });

  test('labels are allowed and about equally frequent', () => {
    const [lowest, highest] = task.kind === 'regression' ? task.labelRange : [0, 1];
    const allowed = (label: number) => label >= lowest && label <= highest && (task.kind === 'regression' || Number.isInteger(label));
    expect(train.filter(({ label }) => !allowed(label))).toEqual([]);
    const upper = train.filter(({ label }) => label > (lowest + highest) / 2).length;
    expect(upper / train.length).toBeGreaterThan(0.45);
    expect(upper / train.length).toBeLessThan(0.55);
  });

  test('is repeatable; a larger count adds examples, another seed changes them', () => {
    expect(synthesizeSplit(task, 'train', { seed: 1, count: 50 })).toEqual(train.slice(0, 50));
    expect(synthesizeSplit(task, 'train', { seed: 2, count: 50 })).not.toEqual(train.slice(0, 50));
  });

  test.each([1, 2])('no first text of training occurs in the validation split of seed %i', (seed) => {
    const known = new Set(train.map(({ texts }) => texts[0]));
    const validation = synthesizeSplit(task, 'validation', { seed, count: 400 });
    expect(validation.filter(({ texts }) => known.has(texts[0]))).toEqual([]);
  });
});

describe('synthesizeSplit', () => {
  test('one class label in twenty is wrong', () => {
    const task = { ...getTask('rte'), synthesize: (random: { uint32(): number }, label: number) => [String(label), String(random.uint32())] as const };
    const wrong = synthesizeSplit(task, 'train', { seed: 1, count: 4000 }).filter(({ texts, label }) => texts[0] !== String(label));
    expect(wrong.length / 4000).toBeGreaterThan(0.035);
    expect(wrong.length / 4000).toBeLessThan(0.065);
  });

  test('says so when a task has no more texts', () => {
    const task = { ...getTask('sst2'), synthesize: (random: { integer(below: number): number }) => [`text ${random.integer(5)}`] as const };
    expect(() => synthesizeSplit(task, 'train', { seed: 1, count: 10 })).toThrow(/^count 10: sst2 has hardly more than \d different examples; ask for fewer$/);
  });

  test.each([0, -3, 2.5, NaN])('refuses a count of %p', (count) => {
    expect(() => synthesizeSplit(getTask('rte'), 'train', { seed: 1, count })).toThrow(`count ${count}: give a whole number of at least 1`);
  });
});
