import { UnmaskError } from '../errors.js';
import { writeWhole } from '../files/files.js';
import { bytesOf, type Dtype } from './header.js';

/** Row-major elements in an array of their type, or their little-endian bytes, whatever the type. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** A tensor to write. */
export interface WritableTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements, or what makes them when their turn comes, so that a file larger than memory can be written. */
  readonly data: TensorData | (() => TensorData | Promise<TensorData>);
}

/**
 * Writes a safetensors file: under a temporary name, then renamed, so that a reader never sees half of it.
 * Equal arguments give equal bytes. Data starts at a multiple of 8 bytes.
 * @throws UnmaskError, and writes nothing, when data do not fill their shape; what a tensor's function throws
 */
export async function writeSafetensors(path: string, tensors: readonly WritableTensor[], metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let position = 0;
  for (const { name, dtype, shape } of tensors) {
    const end = position + bytesOf(dtype, shape);
    header[name] = { dtype, shape, data_offsets: [position, end] };
    position = end;
  }
  await writeWhole(path, partsOf(header, tensors));
}

/** The bytes of a file: the header's length, the header, padded with blanks, and tensor after tensor. */
async function* partsOf(header: Readonly<Record<string, unknown>>, tensors: readonly WritableTensor[]): AsyncGenerator<Uint8Array> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(text, 8);
  yield start;
  for (const tensor of tensors) yield await bytesToWrite(tensor);
}

/** A tensor's bytes, made now if need be. */
async function bytesToWrite({ name, dtype, shape, data: given }: WritableTensor): Promise<Uint8Array> {
  const data = typeof given === 'function' ? await given() : given;
  if (data.byteLength !== bytesOf(dtype, shape)) {
    throw new UnmaskError(`tensor "${name}" is ${dtype} of shape [${shape.join(', ')}], which ${data.byteLength} bytes do not fill`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
