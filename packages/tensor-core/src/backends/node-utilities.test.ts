import { expect, test } from '@jest/globals';
import { restoreNodeUtilities } from './node-utilities.js';

const utilities = process.getBuiltinModule('node:util') as { isNullOrUndefined?: ((value: unknown) => boolean) | undefined };

test('what Node 23 dropped is there again, and what is there stays', () => {
  const own = utilities.isNullOrUndefined;
  delete utilities.isNullOrUndefined;
  restoreNodeUtilities();
  const restored = utilities.isNullOrUndefined!;
  restoreNodeUtilities();
  expect(utilities.isNullOrUndefined).toBe(restored);
  utilities.isNullOrUndefined = own;
  expect([undefined, null, 0, '', false, NaN].map(restored)).toEqual([true, true, false, false, false, false]);
});
