import { expect, test } from '@jest/globals';
import { exactMatch } from './exact-match.js';

test('equals one of the references, but for blanks around', () => {
  expect(exactMatch([' a\n', 'b', 'A'], [['a'], ['c', 'b '], ['a']])).toBe(2 / 3);
});
