import { describe, expect, test } from '@jest/globals';
import { attempt, HOSTILE_PATTERNS } from '@unmask/testing';
import fc from 'fast-check';
import { Pattern } from '../index.js';

/** Expressions that mean the same in JavaScript and in Python, over a few letters. */
const { pattern: shared } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', '.', '\\.', '\\d', '\\w', '[ab]', '[^a]', '[a-c0]', '^', '$', '\\b', '\\B', '{'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
    fc.tuple(tie('pattern'), fc.constantFrom('=', '!', '<=', '<!')).map(([inner, kind]) => `(?${kind}${inner})`),
    fc.tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{1,}', '{0,2}')).map(([inner, times]) => `(?:${inner})${times}`),
  ),
  pattern: fc.oneof({ maxDepth: 4 }, fc.array(tie('item'), { maxLength: 3 }).map((items) => items.join('')), fc.tuple(tie('item'), tie('item')).map((options) => options.join('|'))),
}));
const texts = fc.stringMatching(/^[ab.0]{0,6}$/);

describe('Pattern', () => {
  test('matches what JavaScript matches, where both mean the same', () => {
    fc.assert(fc.property(shared, fc.array(texts, { minLength: 3, maxLength: 3 }), (source, names) => {
      const pattern = new Pattern(source);
      for (const name of names) {
        expect([source, name, pattern.matches(name)]).toEqual([source, name, new RegExp(`^(?:${source})$`).test(name)]);
        expect([source, name, pattern.matchesWithin(name)]).toEqual([source, name, new RegExp(source).test(name)]);
      }
    }), { numRuns: 500 });
  });

  // Expected values are Python's, re.fullmatch.
  test.each([
    ['.*query\\Z', 'layer.0.query', true],
    ['\\Alayer.*', 'layer.0.query', true],
    ['(?i).*QUERY', 'layer.0.query', true],
    ['(?i:Q)uery', 'query', true],
    ['(?i:Q)UERY', 'query', false],
    ['(?i)(?-i:Q)uery', 'query', false],
    ['(?P<part>q|v)_proj', 'v_proj', true],
    ['(?x) q  # the query\n _proj', 'q_proj', true],
    ['(?x) [q ]_proj', 'q_proj', true],
    ['a{,2}b', 'aab', true],
    ['a{,2}b', 'aaab', false],
    ['x{,}', 'xx', true],
    ['(?#comment)a', 'a', true],
    ['[]a]+', ']a', true],
    ['[^]a]', 'a', false],
    ['\\x71\\u0071\\U00000071', 'qqq', true],
    ['^(?!.*(lm_head|score)).*proj$', 'model.layers.0.q_proj', true],
    ['^(?!.*(lm_head|score)).*proj$', 'score.q_proj', false],
    ['(?<!v_)proj', 'proj', true],
    ['é\\w', 'éß', true],
    ['.', '😀', true],
    ['(a|b', 'a', 'a parenthesis is not closed'],
    ['a)', 'a', 'closes what none opened'],
    ['[a', 'a', 'a bracket is not closed'],
    ['*a', 'a', '"*" repeats nothing'],
    ['a**', 'a', 'a repetition is repeated'],
    ['a{2,1}', 'a', '{2,1} ends before it begins'],
    ['[b-a]', 'a', 'the range b-a ends before it begins'],
    ['\\q', 'q', '"\\q" is no escape'],
    ['a\\', 'a', 'it ends in a backslash'],
    ['(?y)a', 'a', 'there is no group like'],
    ['(a)\\1', 'aa', 'has "\\1", which repeats what a group matched, which is not supported'],
    ['(?P<n>a)(?P=n)', 'aa', 'a group that repeats what another matched, which is not supported'],
    ['(?>a)', 'a', 'an atomic group, which is not supported'],
    ['a*+', 'a', 'a possessive repetition, which is not supported'],
    ['(a)?(?(1)b|c)', 'ab', 'a conditional group, which is not supported'],
  ])('%j of %j: %p', (source, text, expected) => {
    if (typeof expected === 'string') expect(() => new Pattern(source)).toThrow(expected);
    else expect(new Pattern(source).matches(text)).toBe(expected);
  });

  test('finds ends of dotted names, and what follows a match', () => {
    expect(['a.b.c', 'c', 'b.c', 'xc', 'a.xc'].map((name) => new Pattern('(b\\.)?c').matchesEnd(name))).toEqual([true, true, true, false, false]);
    expect(new Pattern('layers?').remainders('model.layers.3.layer.4.x')).toEqual(['.3.layer.4.x', 's.3.layer.4.x', '.4.x']);
  });

  test.each([...HOSTILE_PATTERNS, '.*'.repeat(20_000)])('%# ends in time', async (source) => {
    await attempt(() => {
      const pattern = new Pattern(source);
      for (let layer = 0; layer < 200; layer++) pattern.matches(`bert.encoder.layer.${layer}.attention.self.query${'a'.repeat(40)}`);
    });
  });
});
