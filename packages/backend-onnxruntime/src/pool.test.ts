import { describe, expect, test } from '@jest/globals';
import { BufferPool } from './pool.js';

describe('BufferPool', () => {
  test('hands a released buffer out again for a like size, with the length asked for', () => {
    const pool = new BufferPool(1e6);
    const first = pool.allocate(1000);
    expect(first).toHaveLength(1000);
    pool.release(first);
    const second = pool.allocate(990);
    expect(second).toHaveLength(990);
    expect(second.buffer).toBe(first.buffer);
    expect(pool.statistics).toEqual({ freeBytes: 0, allocations: 1, reuses: 1 });
  });

  test('never takes in what it does not own, what it gave away, or the same array twice', () => {
    const pool = new BufferPool(1e6);
    pool.release(new Float32Array(100));
    const given = pool.allocate(100);
    pool.surrender(given);
    pool.release(given);
    const twice = pool.allocate(100);
    pool.release(twice);
    pool.release(twice);
    expect(pool.statistics.freeBytes).toBe(twice.buffer.byteLength);
  });

  test('keeps as much as was in use at once, and at least its minimum', () => {
    const both = new BufferPool(0);
    const arrays = [both.allocate(1000), both.allocate(5000)];
    for (const array of arrays) both.release(array);
    expect(both.statistics.freeBytes).toBe(arrays[0].buffer.byteLength + arrays[1].buffer.byteLength);

    const inTurn = (minimum: number) => {
      const pool = new BufferPool(minimum);
      for (const length of [5000, 1000]) pool.release(pool.allocate(length));
      return pool.statistics.freeBytes;
    };
    expect(inTurn(0)).toBe(arrays[1].buffer.byteLength);
    expect(inTurn(1e6)).toBe(both.statistics.freeBytes);
  });

  test.each([1, 63, 64, 65, 1000, 4097, 1_000_003])('wastes at most an eighth on %d floats', (length) => {
    const { buffer } = new BufferPool(0).allocate(length);
    expect(buffer.byteLength).toBeGreaterThanOrEqual(length * 4);
    expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(256, length * 4.5 + 32));
  });
});
