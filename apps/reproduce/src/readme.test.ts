import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unmask-readme-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the walk-through of the README does what it says', async () => {
  const readme = await readFile(at('../README.md'), 'utf8');
  const [, walk] = /^## Your own rows$.*?^```sh\n(.*?)^```$/ms.exec(readme)!;
  // tsx and the condition are what `npm run unmask` adds; the paths do not depend on the working directory
  const app = `unmask() { '${process.execPath}' --import '${import.meta.resolve('tsx')}' --conditions=@unmask/source '${at('cli.ts')}' "$@"; }`;
  const { stdout } = await promisify(execFile)('bash', ['-euc', `${app}\n${walk}`], { cwd: folder });
  expect(stdout).toMatch(/^sport\t0\.\d+\nweather\t0\.\d+$/m);
  expect(stdout).toContain('my-model: trained model');
  expect(await readFile(join(folder, 'my-model/report.md'), 'utf8')).toContain('41,155 of 22,714,371 parameters');
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) await access(join(folder, 'my-checkpoint', name));
});
