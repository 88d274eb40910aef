import { describe, expect, test } from '@jest/globals';
import { didYouMean, UnmaskError } from './errors.js';

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

describe('didYouMean', () => {
  test.each([
    ['q_prj', ['k_proj', 'q_proj', 'v_proj'], '; did you mean "q_proj"?'],
    ['MRPC', ['rte', 'mrpc'], '; did you mean "mrpc"?'],
    ['translation', ['rte', 'mrpc'], ''],
    ['x', [], ''],
  ])('%s among %j', (given, allowed, expected) => {
    expect(didYouMean(given, allowed)).toBe(expected);
  });
});
