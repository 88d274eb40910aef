import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fileTrouble } from './file-trouble.js';

test('failures of a file system are told in a line with a remedy, others are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trouble-'));
  try {
    const told = async (work: Promise<unknown>) => fileTrouble(await work.catch((error: unknown) => error));
    expect(await told(writeFile(join(folder, 'gone', 'a'), ''))).toBe(`${join(folder, 'gone', 'a')} cannot be used (ENOENT: no such file or directory): it was moved or deleted meanwhile; the same command makes it again`);
    expect(await told(readFile(folder))).toBe('a file cannot be used (EISDIR: illegal operation on a directory): a folder stands where a file has to be: move it, or give another name');
  } finally {
    await rm(folder, { recursive: true });
  }
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(fileTrouble(full)).toBe('a file cannot be used (ENOSPC: no space left on device): make room on the disk, or give a folder on another');
  for (const other of [new TypeError('x'), Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' }), Object.assign(new Error('x'), { code: 'ENOENT' })]) expect(fileTrouble(other)).toBeUndefined();
});
