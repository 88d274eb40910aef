import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable, withoutActing } from './printable.js';

test('characters that act on a terminal are written out, others stay', () => {
  expect(printable('\u001b[31mred\u0007 \u202eevil \u2066x\u2069 é 👍\n')).toBe('\\u001b[31mred\\u0007 \\u202eevil \\u2066x\\u2069 é 👍\\u000a');
  expect(printable('a\n\tb\r', '\n\t')).toBe('a\n\tb\\u000d');
  expect(withoutActing('a\r\nb\u2028c\u202e')).toBe('a b c ');
});

test('nothing that acts is left of any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(printable(text) + withoutActing(text))));
});
