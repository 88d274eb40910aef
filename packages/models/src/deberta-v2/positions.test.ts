import { describe, expect, test } from '@jest/globals';
import type { RelativeAttentionConfig } from './config.js';
import { relativeRow, relativeRows } from './positions.js';

const CONFIG: RelativeAttentionConfig = { terms: ['c2p', 'p2c'], span: 256, buckets: 256, maxDistance: 512, shareProjections: true, normalized: true };
const SMALL = { ...CONFIG, span: 8, buckets: 8, maxDistance: 16 };
const PLAIN = { ...CONFIG, span: 4, buckets: undefined, maxDistance: 4 };

describe('relativeRow', () => {
  /** distance → row, as make_log_bucket_position of HF transformers and the clamp after it give them */
  test.each([
    ['DeBERTa-v3', CONFIG, { '-1000': 0, '-512': 0, '-511': 1, '-300': 49, '-129': 127, '-128': 128, '0': 256, '127': 383, '128': 384, '129': 385, '300': 463, '510': 511, '512': 511, '1000': 511 }],
    ['eight buckets', SMALL, { '-23': 0, '-15': 1, '-9': 2, '-5': 3, '-4': 4, '0': 8, '4': 12, '5': 13, '8': 14, '9': 14, '14': 15, '23': 15 }],
    ['no buckets', PLAIN, { '-9': 0, '-4': 0, '-3': 1, '0': 4, '3': 7, '4': 7 }],
  ])('with %s', (_, config, expected) => {
    expect(Object.fromEntries(Object.keys(expected).map((distance) => [distance, relativeRow(Number(distance), config)]))).toEqual(expected);
  });
});

describe('relativeRows', () => {
  test.each([1, 2, 9, 40])('of %i tokens hold for each pair the row of its distance', (length) => {
    const { first, count, fromQueries, fromKeys } = relativeRows(length, SMALL);
    for (let query = 0; query < length; query++) {
      for (let key = 0; key < length; key++) {
        const row = relativeRow(query - key, SMALL);
        expect([first + fromQueries[length + key - query], first + fromKeys[length + query - key]]).toEqual([row, row]);
      }
    }
    expect([fromQueries.length, fromKeys.length]).toEqual([2 * length, 2 * length]);
    expect(Math.min(...fromQueries, ...fromKeys)).toBe(0);
    expect(Math.max(...fromQueries, ...fromKeys)).toBe(count - 1);
  });
});
