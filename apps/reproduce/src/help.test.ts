import { expect, test } from '@jest/globals';
import { capturedApp } from '@unmask/testing';
import { main } from './main.js';

const app = capturedApp(main);

test.each(['run', 'train', 'predict', 'eval', 'merge', 'inspect', 'generate', 'report', 'reproduce', 'tasks', 'methods', 'completion', 'worker', 'merge-runs'])('the help of unmask %s has examples', async (command) => {
  expect(await app.run(command, '--help')).toBe(0);
  expect(app.out).toMatch(new RegExp(`Examples?:\\n[^]*unmask ${command} ?`));
});
