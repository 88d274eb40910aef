import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { appendTo, blocksOf, ensureFolder, folderOf, joinPath, namesIn, openSource, removePath, UnmaskError } from '@unmask/tensor-core';

/** An empty file of one name: the next check, of whichever process, takes away what a killed one has left. */
export const PROBE = 'probe.tmp';

/**
 * Makes a folder if need be and checks that files can be written to it, before hours of work go into it.
 * @throws UnmaskError naming the folder and the reason
 */
export async function ensureWritableFolder(folder: string): Promise<void> {
  const probe = joinPath(folder, PROBE);
  try {
    await ensureFolder(folder);
    await appendTo(probe, '');
    await removePath(probe);
  } catch (cause) {
    if (UnmaskError.isInstance(cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new UnmaskError(`cannot write to the output folder ${folder} (${code}): choose another with --out, or make ${folderOf(folder)} writable`, { code: 'bad-argument', cause });
  }
}

/** Names that files have while they are being written: another name, a UUID, `tmp`. */
const TEMPORARY = /\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/** Deletes the files in a folder that killed processes have not finished. Nothing may be writing there. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = (await namesIn(folder))?.filter((name) => TEMPORARY.test(name)) ?? [];
  await Promise.all(names.map((name) => removePath(joinPath(folder, name))));
}

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashOf(path: string): Promise<string> {
  const source = await openSource(path);
  try {
    const hash = sha256.create();
    for await (const block of blocksOf(source)) hash.update(block);
    return bytesToHex(hash.digest());
  } finally {
    await source.close();
  }
}

/** Eight hexadecimal digits that depend on all of a value that JSON can hold. */
export const fingerprintOf = (value: unknown): string => bytesToHex(sha256(JSON.stringify(value))).slice(0, 8);
