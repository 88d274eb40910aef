import { readFile } from 'node:fs/promises';
import { UnmaskError } from '@unmask/tensor-core';

/** A text file's content, or undefined when there is no such file. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
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
