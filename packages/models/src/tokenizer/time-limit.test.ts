import { expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { withinTime } from './time-limit.js';

const forEver = () => {
  for (;;);
};

test('results and errors come through', () => {
  expect(withinTime('adding', 0, () => 1 + 1)).toBe(2);
  const error = new UnmaskError('mine');
  expect(() => withinTime('failing', 0, () => { throw error; })).toThrow(error);
});

test('an endless loop, and a pattern that backtracks, are stopped', () => {
  expect(() => withinTime('looping', 0, forEver)).toThrow('looping took more than 1 s');
  expect(() => withinTime('matching', 200, () => /^(a+)+$/.test(`${'a'.repeat(50)}b`))).toThrow('matching took more than 1.02 s');
  expect(withinTime('the next task', 0, () => true)).toBe(true);
});

test('a task within another has that one’s time', () => {
  expect(() => withinTime('all', 0, () => withinTime('one', 1e9, forEver))).toThrow('all took more than 1 s');
});

test('a task that has computed through its time is not begun again', () => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const begun: number[] = []; // milliseconds of computing by then
    const again = () => {
      const { user, system } = process.cpuUsage();
      begun.push((user + system) / 1000);
      forEver();
    };
    expect(() => withinTime('looping', 0, again)).toThrow('looping took more than 1 s');
    // On a busy machine it may begin several times, each after it hardly had a processor.
    for (const [index, before] of begun.slice(0, -1).entries()) expect(begun[index + 1] - before).toBeLessThan(600);
  }
});
