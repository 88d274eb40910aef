import { expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import fc from 'fast-check';
import { StopStrings } from './stop-strings.js';

test('holds back what may become a stop string, and drops it when it does', () => {
  const stops = new StopStrings(['END', '\n\n']);
  expect(['a E', 'N', 'd EN', 'D more', 'x'].map((piece) => [stops.push(piece), stops.found])).toEqual([
    ['a ', false],
    ['', false],
    ['ENd ', false],
    ['', true],
    ['', true],
  ]);
  expect(stops.end()).toBe('');
});

test('the earliest one counts, and what was held back comes at the end', () => {
  expect(new StopStrings(['b', 'ab']).push('xabx')).toBe('x');
  const stops = new StopStrings(['abc']);
  expect([stops.push('xab'), stops.end(), stops.found]).toEqual(['x', 'ab', false]);
});

test('an empty one is refused', () => {
  expect(() => new StopStrings(['a', ''])).toThrow(UnmaskError);
});

test('however a text is cut into pieces, what comes out stands before the string that is complete first', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.array(text.filter((each) => each !== ''), { minLength: 1, maxLength: 3 }), (pieces, strings) => {
      const stops = new StopStrings(strings);
      const out = pieces.map((piece) => stops.push(piece)).join('') + stops.end();
      const beginnings = pieces.map((_, index) => pieces.slice(0, index + 1).join(''));
      const stopped = beginnings.find((beginning) => strings.some((string) => beginning.includes(string)));
      expect(stops.found).toBe(stopped !== undefined);
      const places = strings.map((string) => stopped?.indexOf(string) ?? -1).filter((place) => place >= 0);
      expect(out).toBe(stopped?.slice(0, Math.min(...places)) ?? pieces.join(''));
    }),
  );
});
