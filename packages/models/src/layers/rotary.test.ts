import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { tf } from '@unmask/tensor-core';
import { expectNoLeak } from '@unmask/testing';
import { ConfigReader } from '../config.js';
import { readRotaryPositions, rotaryTables } from './rotary.js';

/** What HF transformers computes (tools/reference/rotary.py). */
interface Case {
  readonly config: Readonly<Record<string, unknown>>;
  readonly positions: readonly number[];
  /** [positions, d/2] each */
  readonly cos: readonly (readonly number[])[];
  readonly sin: readonly (readonly number[])[];
}

const CASES = JSON.parse(readFileSync(fileURLToPath(new URL('../../fixtures/rotary.json', import.meta.url)), 'utf8')) as Readonly<Record<string, Case>>;

const read = (fields: Readonly<Record<string, unknown>>) => readRotaryPositions(new ConfigReader({ max_position_embeddings: 64, ...fields }), 8);

describe('rotary positions', () => {
  test.each(Object.entries(CASES))('%s: those of HF transformers', (_, { config, positions, cos, sin }) => {
    expectNoLeak(() => tf.tidy(() => {
      const rotary = readRotaryPositions(new ConfigReader(config), cos[0].length * 2);
      const tables = rotaryTables(rotary, tf.tensor2d([...positions], [1, positions.length], 'int32'));
      for (const [table, expected] of [[tables.cos, cos], [tables.sin, sin]] as const) {
        expect(table.shape).toEqual([1, positions.length, cos[0].length]);
        const found = table.dataSync();
        // Powers are rounded differently here and there, which grows with the position.
        expected.flat().forEach((value, index) => expect(Math.abs(found[index] - value)).toBeLessThan(3e-4));
      }
    }));
  });

  test('dynamic: a short sequence after a long one turns as before', () => {
    const rotary = read({ rope_scaling: { type: 'dynamic', factor: 2 } });
    expect(rotary.frequencies(64)).toEqual(rotary.frequencies(1));
    expect(rotary.frequencies(128)).not.toEqual(rotary.frequencies(64));
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['"rope_scaling.rope_type" is "longrope", expected one of default, linear, dynamic, llama3, yarn', { rope_scaling: { rope_type: 'longrope', factor: 2 } }],
    ['"rope_scaling.factor" is undefined, expected a number above 0', { rope_scaling: { type: 'linear' } }],
    ['"rope_parameters.low_freq_factor" is "1", expected a number above 0', { rope_parameters: { rope_type: 'llama3', factor: 8, low_freq_factor: '1', high_freq_factor: 4 } }],
    ['"rope_scaling" is 2, expected an object', { rope_scaling: 2 }],
  ])('%s', (message, fields) => {
    expect(() => read(fields)).toThrow(`config.json: ${message}`);
  });
});
