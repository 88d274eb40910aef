import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UnmaskError } from '@unmask/tensor-core';

/** Writes a file whole or not at all: under a temporary name in the same folder, then renamed. */
export async function writeFileAtomically(path: string, content: string | Uint8Array | AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a folder if need be and checks that files can be written to it, before hours of work go into it.
 * @throws UnmaskError naming the folder and the reason
 */
export async function ensureWritableFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnmaskError(`cannot write to the output folder ${folder} (${code}): choose another with --out, or make ${dirname(folder)} writable`, {
      code: 'bad-argument',
      cause: error,
    });
  }
}

/** Names that files have while they are being written: another name, a UUID, `tmp`. */
const TEMPORARY = /\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/** Deletes the files in a folder that killed processes have not finished. Nothing may be writing there. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => TEMPORARY.test(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
