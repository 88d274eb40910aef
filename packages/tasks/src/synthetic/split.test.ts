import { describe, expect, test } from '@jest/globals';
import { rte } from '../glue/rte.js';
import { sst2 } from '../glue/sst2.js';
import { getTask, taskNames } from '../registry.js';
import type { PublishedExample } from '../task.js';
import { synthesizeSplit } from './split.js';

const textsOf = (example: PublishedExample): readonly string[] => ('texts' in example ? example.texts : ['words' in example ? example.words.join(' ') : example.prompt]);
const shown = (example: PublishedExample): string => textsOf(example).join('\n');
const firstText = (example: PublishedExample): string => textsOf(example)[0];

describe.each(taskNames)('synthesizeSplit of %s', (name) => {
  const task = getTask(name);
  const train = synthesizeSplit(task, 'train', { seed: 1, count: 2000 });

  test('makes different examples, each whole', () => {
    expect(new Set(train.map(shown)).size).toBe(2000);
    expect(train.filter((example) => !/^\S+(\s+\S+)+\s*$/.test(shown(example)))).toEqual([]);
    if ('fields' in task && task.kind !== 'token-classification') {
      expect(train.filter((example) => 'texts' in example && example.texts.length !== task.fields.length)).toEqual([]);
    }
  });

  test('labels are allowed and about equally frequent', () => {
    if (task.kind === 'regression') {
      const [lowest, highest] = task.labelRange;
      const labels = train.map(({ label }) => label as number);
      expect(labels.filter((label) => label < lowest || label > highest)).toEqual([]);
      expect(labels.filter((label) => label > (lowest + highest) / 2).length / 2000).toBeCloseTo(0.5, 1);
    } else if (task.kind === 'classification') {
      const shares = task.labels.map((_, id) => train.filter(({ label }) => label === id).length / 2000);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1);
      for (const share of shares) expect(Math.abs(share - 1 / shares.length)).toBeLessThan(0.05);
    } else if (task.kind === 'token-classification') {
      const counts = task.labels.map((_, id) => train.filter(({ label }) => (label as readonly number[]).includes(id)).length);
      for (const count of counts) expect(count).toBeGreaterThan(100);
      expect(train.filter((example) => 'words' in example && example.words.length !== example.label.length)).toEqual([]);
    }
  });

  test('is repeatable; a larger count adds examples, another seed changes them', () => {
    expect(synthesizeSplit(task, 'train', { seed: 1, count: 50 })).toEqual(train.slice(0, 50));
    expect(synthesizeSplit(task, 'train', { seed: 2, count: 50 })).not.toEqual(train.slice(0, 50));
  });

  test.each([1, 2])('no first text of training occurs in another split of seed %i', (seed) => {
    const known = new Set(train.map(firstText));
    for (const split of task.evaluationSplits) {
      const others = synthesizeSplit(task, split, { seed, count: 200 });
      expect(others.filter((example) => known.has(firstText(example)))).toEqual([]);
    }
  });
});

describe('synthesizeSplit', () => {
  test('one class label in twenty is wrong', () => {
    const task = { ...rte, synthesize: (random: { uint32(): number }, label: number) => [String(label), String(random.uint32())] as const };
    const wrong = synthesizeSplit(task, 'train', { seed: 1, count: 4000 }).filter(({ texts, label }) => texts[0] !== String(label));
    expect(wrong.length / 4000).toBeGreaterThan(0.035);
    expect(wrong.length / 4000).toBeLessThan(0.065);
  });

  test('says so when a task has no more texts', () => {
    const task = { ...sst2, synthesize: (random: { integer(below: number): number }) => [`text ${random.integer(5)}`] as const };
    expect(() => synthesizeSplit(task, 'train', { seed: 1, count: 10 })).toThrow(/^count 10: sst2 has hardly more than \d different examples; ask for fewer$/);
  });

  test.each([0, -3, 2.5, NaN])('refuses a count of %p', (count) => {
    expect(() => synthesizeSplit(rte, 'train', { seed: 1, count })).toThrow(`count ${count}: give a whole number of at least 1`);
  });
});
