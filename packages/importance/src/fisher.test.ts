import { describe, expect, test } from '@jest/globals';
import { UnmaskError } from '@unmask/tensor-core';
import { fisher, gradient, isEstimated } from './index.js';

const NONE = new Float32Array(0);
function scores(metric: ReturnType<typeof fisher>, address: number, count: number): number[] {
  const out = new Float32Array(count + 1).fill(-1);
  metric.score(NONE, 0, NONE, 0, count, out, address);
  expect(out[count]).toBe(-1);
  return Array.from(out.subarray(0, count));
}

describe('fisher', () => {
  test('sums squared gradients over the samples, each part of the model at its address', () => {
    const metric = fisher();
    metric.begin(5);
    metric.observe(Float32Array.of(9, 1, -2), 1, 2, 0);
    metric.observe(Float32Array.of(0.5), 0, 1, 4);
    metric.observe(Float32Array.of(3, 4, -1), 0, 3, 1);
    expect(scores(metric, 0, 5)).toEqual([1, 13, 16, 1, 0.25]);
    expect(scores(metric, 1, 2)).toEqual([13, 16]);
  });

  test('squares in float64 and rounds each sum once', () => {
    const metric = fisher();
    metric.begin(1);
    const values = Float32Array.of(0.1, 1 + 2 ** -23, -1e-5, 3e10);
    let expected = 0;
    for (let i = 0; i < values.length; i++) {
      metric.observe(values, i, 1, 0);
      expected = Math.fround(expected + values[i] ** 2);
    }
    expect(scores(metric, 0, 1)).toEqual([expected]);
  });

  test('begins from nothing each time', () => {
    const metric = fisher();
    for (let i = 0; i < 2; i++) {
      metric.begin(1);
      metric.observe(Float32Array.of(2), 0, 1, 0);
      expect(scores(metric, 0, 1)).toEqual([4]);
    }
  });

  test('out of turn, says what to do', () => {
    const metric = fisher();
    const unready = () => {
      expect(() => scores(metric, 0, 1)).toThrow(UnmaskError);
      expect(() => scores(metric, 0, 1)).toThrow('call begin, then observe');
      expect(() => metric.observe(Float32Array.of(1), 0, 1, 0)).toThrow('call begin, then observe');
    };
    unready();
    metric.begin(1);
    expect(() => scores(metric, 0, 1)).toThrow('fisher has seen no gradients: call observe');
    metric.observe(Float32Array.of(1), 0, 1, 0);
    metric.end();
    unready();
  });

  test('refuses sizes, entries and gradients that make no sense', () => {
    const metric = fisher();
    expect(() => metric.begin(1.5)).toThrow('fisher is begun with 1.5 entries');
    metric.begin(2);
    expect(() => metric.observe(Float32Array.of(1, 1), 0, 2, 1)).toThrow('begun with 2 entries and is given entry 2');
    for (const bad of [NaN, -Infinity]) expect(() => metric.observe(Float32Array.of(1, bad), 0, 2, 0)).toThrow(`the gradient ${bad} at entry 1`);
  });

  test('is the kind of metric that is estimated', () => {
    expect([isEstimated(fisher()), isEstimated(gradient())]).toEqual([true, false]);
  });
});
