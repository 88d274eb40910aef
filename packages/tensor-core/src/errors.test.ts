import { describe, expect, test } from '@jest/globals';
import { didYouMean, shown, UnmaskError } from './errors.js';

describe('UnmaskError', () => {
  test('is recognised by its mark, also when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('unmask.error')]: true });
    expect([new UnmaskError('x'), foreign, new Error('x'), null, 'x'].map((value) => UnmaskError.isInstance(value))).toEqual([true, true, false, false, false]);
  });

  test('keeps code and cause', () => {
    const cause = new Error('below');
    const error = new UnmaskError('above', { code: 'bad-file', cause });
    expect([error.code, error.cause, error.name]).toEqual(['bad-file', cause, 'UnmaskError']);
    expect(new UnmaskError('x').code).toBe('bad-argument');
  });
});

describe('messages', () => {
  test('are one line, and as long as anybody reads', () => {
    expect(new UnmaskError('a\r\nb\u2028c\u0007').message).toBe('a b c ');
    const { message } = new UnmaskError(`what was given: ${'x'.repeat(1e6)}; what to try`);
    expect(message).toMatch(/^what was given: x+ … x+; what to try$/);
    expect(message.length).toBeLessThan(1100);
  });

  test.each<[unknown, string]>([
    ['a"b', '"a\\"b"'],
    ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
    [-0.5, '-0.5'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[1, 'a', null], '[1,"a",null]'],
    [[[1]], 'a list of 1'],
    [new Array(9).fill(0), 'a list of 9'],
    [{ toString: 1 }, 'an object'],
  ])('%j is shown as %s', (value, text) => expect(shown(value)).toBe(text));
});

describe('didYouMean', () => {
  test.each([
    ['q_prj', ['k_proj', 'q_proj', 'v_proj'], '; did you mean "q_proj"?'],
    ['MRPC', ['rte', 'mrpc'], '; did you mean "mrpc"?'],
    ['translation', ['rte', 'mrpc'], ''],
    ['x', [], ''],
    ['x'.repeat(1e6), ['x'.repeat(1e6)], ''],
  ])('%s among %j', (given, allowed, expected) => {
    expect(didYouMean(given, allowed)).toBe(expected);
  });
});
