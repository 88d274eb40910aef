import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../../..');

test('what npm run generate writes is up to date', () => {
  const run = () => execFileSync(process.execPath, ['--import', 'tsx', 'tools/generate.ts', '--check'], { cwd: ROOT, encoding: 'utf8' });
  expect(run).not.toThrow();
});
