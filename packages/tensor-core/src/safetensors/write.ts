import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { DTYPE_BYTES } from './header.js';

/** A tensor to write. */
export interface WritableTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  /** Row-major elements. */
  readonly data: Float32Array | Int32Array;
}

/**
 * Writes a safetensors file: under a temporary name, then renamed, so that a reader never sees half of it.
 * Equal arguments give equal bytes. Data starts at a multiple of 8 bytes.
 */
export async function writeSafetensors(path: string, tensors: readonly WritableTensor[], metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let position = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const end = position + data.length * DTYPE_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [position, end] };
    position = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));

  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(prefix);
      await file.writeFile(padded);
      for (const { data } of tensors) await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
