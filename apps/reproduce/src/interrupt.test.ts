import { afterEach, expect, jest, test } from '@jest/globals';
import { INTERRUPTED, interruptible } from './interrupt.js';

afterEach(() => void jest.restoreAllMocks());

/** Work that ends when it is told to, having been interrupted at these milliseconds. @returns what it was told, and with which codes the process would have ended */
async function interruptedAt(...milliseconds: number[]) {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const clock = jest.spyOn(performance, 'now');
  const listeners = process.listenerCount('SIGINT');
  const aborted = await interruptible((signal) => {
    for (const time of milliseconds) {
      clock.mockReturnValue(time);
      process.emit('SIGINT');
    }
    return Promise.resolve(signal.aborted);
  });
  expect(process.listenerCount('SIGINT')).toBe(listeners);
  return { aborted, exits: exit.mock.calls.map(([code]) => code) };
}

test('one Ctrl-C asks the work to end, also when it arrives twice', async () => {
  expect(await interruptedAt()).toEqual({ aborted: false, exits: [] });
  expect(await interruptedAt(1000)).toEqual({ aborted: true, exits: [] });
  expect(await interruptedAt(1000, 1010)).toEqual({ aborted: true, exits: [] });
});

test('a second one ends the process at once', async () => {
  expect(await interruptedAt(1000, 3000)).toEqual({ aborted: true, exits: [INTERRUPTED] });
});
