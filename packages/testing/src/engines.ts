import { beforeAll, describe, expect } from '@jest/globals';
import { selectBackend, tf } from '@unmask/tensor-core';

/**
 * Engines that the suites run on: those that a plain `npm ci` brings, or the ones that the environment variable UNMASK_ENGINES
 * names, separated by commas, the fastest last, for engines that are installed by hand.
 */
export const ENGINES: readonly string[] = process.env.UNMASK_ENGINES?.split(',') ?? ['cpu', 'wasm', 'onnxruntime'];

/** Runs `suite` once for each engine, or for the `fastest` alone, with that engine active. */
export function describeEngines(title: string, suite: (engine: string) => void, { fastest = false } = {}): void {
  describe.each(fastest ? ENGINES.slice(-1) : ENGINES)(`${title} on %s`, (engine) => {
    beforeAll(async () => {
      await selectBackend(engine);
    });
    suite(engine);
  });
}

/** Runs `body` and checks that it freed every tensor that it made. */
export function expectNoLeak<T>(body: () => T): T {
  const before = tf.memory().numTensors;
  const result = body();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}
