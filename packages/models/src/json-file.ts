import { readText, UnmaskError } from '@unmask/tensor-core';

/**
 * The object in a JSON file, or undefined when there is no such file.
 * @throws UnmaskError when the file holds anything else
 */
export async function readJsonFile(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new SyntaxError('not an object');
  } catch (cause) {
    throw new UnmaskError(`${path} is no valid JSON object: download or export it again`, { code: 'bad-file', cause });
  }
}
