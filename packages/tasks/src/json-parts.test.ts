import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonParts } from './json-parts.js';

test('values stand as they stood, in their order', () => {
  expect(jsonParts('{ "b" : 1580661436132757506 , "2":0.10,"a\\"]":[1, {"c":"},"}] ,"1":"x\\\\" }')).toEqual([
    { name: 'b', text: '1580661436132757506' },
    { name: '2', text: '0.10' },
    { name: 'a"]', text: '[1, {"c":"},"}]' },
    { name: '1', text: '"x\\\\"' },
  ]);
  expect(jsonParts(' [1e3, [], "a,b"]')).toEqual([{ text: '1e3' }, { text: '[]' }, { text: '"a,b"' }]);
  expect([jsonParts('[]'), jsonParts('{ }')]).toEqual([[], []]);
});

test('the parts of any object and list have its values', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())), fc.constantFrom(0, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const entries = jsonParts(text).map(({ name, text }, index) => [name ?? String(index), JSON.parse(text) as unknown] as const);
      expect(Object.fromEntries(entries)).toEqual(Object.fromEntries(Object.entries(JSON.parse(text) as object)));
    }),
  );
});

test('a text of a million characters and lists a hundred thousand deep', () => {
  const [long, deep] = ['x\\n'.repeat(500_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`];
  expect(jsonParts(`{"a":"${long}","b":${deep}}`)).toEqual([{ name: 'a', text: `"${long}"` }, { name: 'b', text: deep }]);
});
