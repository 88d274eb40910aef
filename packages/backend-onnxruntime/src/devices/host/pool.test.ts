import { describe, expect, test } from '@jest/globals';
import { Random } from '@unmask/tensor-core';
import { arrayBuffers } from './array-buffers.js';
import { BufferPool } from './pool.js';

describe('BufferPool', () => {
  test('hands a released buffer out again for a like size, with the length asked for', () => {
    const pool = new BufferPool(arrayBuffers);
    const first = pool.allocate(1000);
    expect(first).toHaveLength(1000);
    pool.release(first);
    const second = pool.allocate(990);
    expect(second).toHaveLength(990);
    expect(second.buffer).toBe(first.buffer);
    expect(pool.statistics).toEqual({ freeBytes: 0, allocations: 1, reuses: 1 });
  });

  test('never takes in what it does not own, what it gave away, or the same array twice', () => {
    const pool = new BufferPool(arrayBuffers);
    pool.release(new Float32Array(100));
    const given = pool.allocate(100);
    pool.surrender(given);
    pool.release(given);
    const twice = pool.allocate(100);
    pool.release(twice);
    pool.release(twice);
    expect(pool.statistics.freeBytes).toBe(twice.buffer.byteLength);
  });

  test('keeps what was needed at once', () => {
    const pool = new BufferPool(arrayBuffers);
    const arrays = [pool.allocate(1000), pool.allocate(5000)];
    for (const array of arrays) pool.release(array);
    expect(pool.statistics.freeBytes).toBe(arrays[0].buffer.byteLength + arrays[1].buffer.byteLength);
  });

  test('steps of changing sizes share the memory of the largest, and allocate nothing in the long run', () => {
    const pool = new BufferPool(arrayBuffers);
    const random = new Random(1);
    let mostNeeded = 0;
    const sizes = Array.from({ length: 40 }, () => 100 + random.integer(2000));
    const step = (length: number) => {
      const arrays = sizes.map((size) => pool.allocate(size * length));
      mostNeeded = Math.max(mostNeeded, arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
      const inUse = arrays.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
      expect(inUse + pool.statistics.freeBytes).toBeLessThanOrEqual(1.25 * 1.125 * mostNeeded);
      for (const array of arrays) pool.release(array);
    };
    for (let count = 0; count < 200; count++) step(8 + random.integer(121));
    const { allocations } = pool.statistics;
    for (let count = 0; count < 200; count++) step(8 + random.integer(121));
    expect(pool.statistics.allocations - allocations).toBeLessThan(0.01 * 200 * sizes.length);
  });

  test.each([1, 63, 64, 65, 1000, 4097, 1_000_003])('wastes at most an eighth on %d floats', (length) => {
    const { buffer } = new BufferPool(arrayBuffers).allocate(length);
    expect(buffer.byteLength).toBeGreaterThanOrEqual(length * 4);
    expect(buffer.byteLength).toBeLessThanOrEqual(Math.max(256, length * 4.5 + 32));
  });
});
