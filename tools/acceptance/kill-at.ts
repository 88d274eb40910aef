/**
 * Preloaded by tools/acceptance/kills.ts: counts what a process does to files under KILL_UNDER, and kills it in the midst of
 * the KILL_AT-th. The count goes to KILL_COUNT, a file elsewhere. Of the writes to one open file the first counts alone:
 * each leaves a part of it.
 */
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

type Operation = (...given: unknown[]) => Promise<unknown>;
const { KILL_UNDER = '', KILL_AT, KILL_COUNT } = process.env;
const folder = resolve(KILL_UNDER) + sep;
const { appendFileSync, writeFileSync } = fs;
const operations = fs.promises as unknown as Record<string, Operation>;
let count = 0;

const isUnder = (path: unknown) => typeof path === 'string' && (resolve(path) + sep).startsWith(folder);

/** Counts an operation, and dies in the one that is asked for, of which `half` does a part. */
function counted(half: () => void = () => undefined): void {
  if (++count !== Number(KILL_AT)) return;
  half();
  process.kill(process.pid, 'SIGKILL');
  for (;;); // the signal comes before anything else is done
}

const halfOf = (content: unknown) => (typeof content === 'string' || content instanceof Uint8Array ? content.slice(0, content.length / 2) : '');

const WRITERS: Readonly<Record<string, (path: string, content: string | Uint8Array) => void>> = { writeFile: writeFileSync, appendFile: appendFileSync };
for (const name of ['writeFile', 'appendFile', 'rename', 'rm', 'rmdir', 'mkdir', 'link', 'symlink', 'copyFile']) {
  const original = operations[name];
  operations[name] = (...given) => {
    if (given.slice(0, 2).some(isUnder)) counted(name in WRITERS ? () => WRITERS[name](given[0] as string, halfOf(given[1])) : undefined);
    return original(...given);
  };
}

const { open } = operations;
operations.open = async (path, flags = 'r', ...rest) => {
  if (!isUnder(path) || flags === 'r') return open(path, flags, ...rest);
  counted();
  const file = (await open(path, flags, ...rest)) as FileHandle;
  const writeFile = file.writeFile.bind(file);
  let isBegun = false;
  file.writeFile = (content, ...others) => {
    if (!isBegun) counted(() => writeFileSync(file.fd, halfOf(content)));
    isBegun = true;
    return writeFile(content, ...others);
  };
  return file;
};
syncBuiltinESMExports();
if (KILL_COUNT !== undefined) process.on('exit', () => writeFileSync(KILL_COUNT, String(count)));
