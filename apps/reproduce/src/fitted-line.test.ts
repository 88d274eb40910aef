import { expect, test } from '@jest/globals';
import { duration, fittedLine } from './fitted-line.js';

const line = { title: 'customer-messages id3 lr 0.005 seed 1', value: 12, total: 3000, facts: ['loss 0.1234', 'unmasked 1,234/40,000', '56 ex/s'], eta: 3725 };

test.each([40, 60, 80, 100, 200])('a line of %i columns shows how far it is and how long it takes', (columns) => {
  const shown = fittedLine(line, columns);
  expect(shown.length).toBeLessThanOrEqual(columns);
  expect(shown).toMatch(/ 12\/3000 .*\| ETA 1h02m$/);
});

test('a terminal of 80 columns has room for the loss, a wide one for all', () => {
  expect(fittedLine(line, 80)).toContain('loss 0.1234');
  expect(fittedLine(line, 160)).toBe(`${line.title} ${'░'.repeat(40)} 12/3000 | loss 0.1234 | unmasked 1,234/40,000 | 56 ex/s | ETA 1h02m`);
});

test.each([[0.2, '0s'], [59.6, '1m00s'], [200, '3m20s'], [7500, '2h05m'], [Infinity, '–']])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
