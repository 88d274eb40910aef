import { readFile, stat } from 'node:fs/promises';
import { UnmaskError } from '@unmask/tensor-core';

/** Longest text file that is read, in bytes; the largest vocabularies take a third of it. */
const LONGEST = 100_000_000;

/**
 * A text file's content, or undefined when there is no such file.
 * @throws UnmaskError when it is no file, cannot be read, or is too long
 */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isFile() && found.size <= LONGEST) return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UnmaskError(`cannot read ${path} (${code})`, { code: 'not-found', cause });
  }
  throw new UnmaskError(`${path} is no file of at most ${LONGEST} bytes: download or export it again`, { code: 'bad-file' });
}

/**
 * The object in a JSON file, or undefined when there is no such file.
 * @throws UnmaskError when the file holds anything else
 */
export async function readJsonFile(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new SyntaxError('not an object');
  } catch (cause) {
    throw new UnmaskError(`${path} is no valid JSON object: download or export it again`, { code: 'bad-file', cause });
  }
}
