import { describe, expect, test } from '@jest/globals';
import { bytes, duration, modelLabel, percent, rowLabel, short } from './labels.js';

test('fractions in percent', () => expect([0.8649, -0.152, -0.0004, 1].map(percent)).toEqual(['86.5', '−15.2', '0.0', '100.0']));
test('learning rates', () => expect([0.005, 1e-4, 0.1 + 0.2].map(short)).toEqual(['0.005', '0.0001', '0.3']));
test('times', () => expect([0.24, 12.4, 119, 240, 10_800].map(duration)).toEqual(['0.2 s', '12 s', '119 s', '4 min', '3.0 h']));
test('sizes', () => expect([5200, 343_000, 2_400_000, 91_000_000, 1.5e9].map(bytes)).toEqual(['5.2 kB', '343 kB', '2.4 MB', '91 MB', '1.5 GB']));

describe('names', () => {
  test('of models', () => expect(['bert-base', 'owner/name', '/home/me/models/tiny/', 'C:\\models\\tiny'].map(modelLabel)).toEqual(['bert-base', 'owner/name', 'models/tiny', 'models/tiny']));
  test('of rows', () => expect([rowLabel('fft', null), rowLabel('id3', 40_000), rowLabel('id3', 40_000, 2)]).toEqual(['fft', 'id3 · 40,000', 'id3 · 40,000 (2)']));
});
