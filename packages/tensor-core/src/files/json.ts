import { UnmaskError } from '../errors.js';
import { readText } from './files.js';

/**
 * What a JSON text holds.
 * @param name of the text, for messages
 * @throws UnmaskError `bad-file` when it is none
 */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnmaskError(`${name} is no valid JSON, as if it had been cut off or changed: download or export it again`, { code: 'bad-file', cause });
  }
}

/**
 * The object in a JSON file, or undefined when there is no such file.
 * @throws UnmaskError `bad-file` when the file holds anything else
 */
export async function readJsonFile(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const value = parseJson(text, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UnmaskError(`${path} is no valid JSON object: download or export it again`, { code: 'bad-file' });
}
