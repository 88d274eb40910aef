import { openSource } from '@unmask/tensor-core';
import type { Stretch } from './stretch.js';

/** Decodes a parquet file of any volume; the decoder itself is loaded when it is first needed. @throws Error that says what is wrong with it */
export async function* decodeHere(path: string, limit: number): AsyncGenerator<Stretch> {
  const [{ parquetMetadataAsync }, { damage, readStretches }] = await Promise.all([import('hyparquet'), import('./columns.js')]);
  const source = await openSource(path);
  try {
    const file = { byteLength: source.size, slice: async (start: number, end = source.size) => (await source.read(start, end - start)).buffer };
    yield* readStretches(file, await parquetMetadataAsync(file), limit);
  } catch (error) {
    throw new Error(damage(error as Error), { cause: error });
  } finally {
    await source.close();
  }
}
