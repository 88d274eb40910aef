import { parseJson, readText, UnmaskError } from '@unmask/tensor-core';
import { en } from 'zod/locales';
import * as z from 'zod/mini';

/** What is wrong, in words: zod's small form brings none of its own. */
const { localeError: words } = en();

/**
 * What a JSON file holds, if it is what it has to be; undefined when there is no such file.
 * @throws UnmaskError `bad-file` naming the field that is wrong
 */
export async function readStoredJson<T>(path: string, schema: z.core.$ZodType<T>): Promise<T | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : parseStored(text, schema, path);
}

/**
 * What a JSON text holds, if it is what it has to be.
 * @param name of the text, for messages
 * @throws UnmaskError `bad-file` naming the field that is wrong
 */
export function parseStored<T>(text: string, schema: z.core.$ZodType<T>, name: string): T {
  const value = parseJson(text, name);
  const { error } = z.safeParse(schema, value, { error: words });
  if (!error) return value as T; // as it stands: a checked copy has other orders of fields, and other bytes when written again
  const [{ path, message }] = error.issues;
  throw new UnmaskError(`${name}: ${path.length > 0 ? `"${path.join('.')}": ` : ''}${message}`, { code: 'bad-file', cause: error });
}
