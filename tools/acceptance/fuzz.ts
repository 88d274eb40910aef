/**
 * Reads thousands of hostile files of models, rows, grids and runs: the properties that `npm test` tries a few times each, in hostile.test.ts.
 *   npx tsx --conditions=@unmask/source tools/acceptance/fuzz.ts [CASES]
 * CASES are 10,000 in all by default. Exits 1 when one of them ends in anything but a loaded file or an UnmaskError, takes
 * over 2 s of processor time, crashes the process or hangs; then the folder of the last case is kept and named.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Properties among which the cases are shared out: damaged files, headers, indices, tokenizers, configurations, adapters, deltas, parquet, rows, grids, cards of models, stored runs. */
const PROPERTIES = 12;

/** A case is written to a file before it is tried, so a process that has written nothing for so many seconds hangs. */
const PATIENCE = 180;

const cases = Number(process.argv[2] ?? 10_000);
if (!Number.isSafeInteger(cases) || cases < PROPERTIES) throw new Error(`give the number of cases, from ${PROPERTIES} up`);
const each = Math.ceil(cases / PROPERTIES);

/** When something below a folder last changed, in milliseconds. */
async function lastChange(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => undefined);
  if (!entries) return Date.now(); // a folder went while it was read
  const times = await Promise.all(entries.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0));
  return Math.max(...times, (await stat(folder)).mtimeMs);
}

const folder = await mkdtemp(join(tmpdir(), 'unmask-fuzz-'));
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', 'hostile', '--runInBand'];
const child = spawn(process.execPath, jest, { stdio: 'inherit', env: { ...process.env, TMPDIR: folder, UNMASK_FUZZ_CASES: String(each) } });
const watch = setInterval(() => {
  void lastChange(folder).then((time) => {
    if (Date.now() - time < PATIENCE * 1000) return;
    console.error(`nothing has happened for ${PATIENCE} s`);
    child.kill('SIGKILL');
  });
}, 5000);

const passed = await new Promise<boolean>((resolve) => child.on('exit', (code) => resolve(code === 0)));
clearInterval(watch);
console.log(passed ? `${each * PROPERTIES} cases: each ended in time, in a loaded file or an UnmaskError` : `failed; the last case may be left in ${folder}`);
if (passed) await rm(folder, { recursive: true });
else process.exitCode = 1;
