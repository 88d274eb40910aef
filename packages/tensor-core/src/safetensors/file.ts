import { open, stat, type FileHandle } from 'node:fs/promises';
import { UnmaskError } from '../errors.js';
import { toFloat32 } from './convert.js';
import { badFile, DTYPE_BYTES, MAXIMUM_HEADER_BYTES, parseHeader, type Header, type TensorEntry } from './header.js';

/** Bytes of the header's length, which comes first. */
const PREFIX_BYTES = 8;

/** Elements that are read and converted at a time. */
const ELEMENTS_AT_A_TIME = 2 ** 20;

/** An open safetensors file, read one tensor at a time. Close it. */
export class SafetensorsFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #header: Header;
  readonly #dataStart: number;

  private constructor(path: string, handle: FileHandle, header: Header, dataStart: number) {
    this.path = path;
    this.#handle = handle;
    this.#header = header;
    this.#dataStart = dataStart;
  }

  /**
   * Opens a file and validates its header. Nothing is allocated on the word of the header alone.
   * @throws UnmaskError `not-found` or `bad-file`
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const { handle, size } = await openFile(path);
    try {
      if (size < PREFIX_BYTES) throw badFile(path, `it has ${size} bytes, too few for a header`);
      const prefix = await readBytes(handle, 0, PREFIX_BYTES, path);
      const headerBytes = new DataView(prefix).getBigUint64(0, true);
      if (headerBytes > BigInt(Math.min(MAXIMUM_HEADER_BYTES, size - PREFIX_BYTES))) {
        throw badFile(path, `it claims a header of ${headerBytes} bytes in a file of ${size}`);
      }
      const dataStart = PREFIX_BYTES + Number(headerBytes);
      const header = new Uint8Array(await readBytes(handle, PREFIX_BYTES, Number(headerBytes), path));
      return new SafetensorsFile(path, handle, parseHeader(header, size - dataStart, path), dataStart);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** What the file holds. */
  get entries(): ReadonlyMap<string, TensorEntry> {
    return this.#header.entries;
  }

  /** The file's own string pairs. */
  get metadata(): Readonly<Record<string, string>> {
    return this.#header.metadata;
  }

  /** A tensor's elements as float32, in memory of their own. @throws UnmaskError when there is no such tensor */
  async readFloat32(name: string): Promise<Float32Array> {
    const { shape } = this.#entry(name);
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    await this.readFloat32Into(name, values);
    return values;
  }

  /**
   * Reads a tensor's elements as float32 into an array, a few megabytes at a time: no second copy of them exists.
   * @throws UnmaskError when there is no such tensor, or it does not fill the array exactly
   */
  async readFloat32Into(name: string, target: Float32Array): Promise<void> {
    const { dtype, begin, end, shape } = this.#entry(name);
    const width = DTYPE_BYTES[dtype];
    if (end - begin !== target.length * width) throw badFile(this.path, `tensor "${name}" of shape [${shape.join(', ')}] does not have ${target.length} elements`);
    for (let start = 0; start < target.length; start += ELEMENTS_AT_A_TIME) {
      const stop = Math.min(target.length, start + ELEMENTS_AT_A_TIME);
      const bytes = await readBytes(this.#handle, this.#dataStart + begin + start * width, (stop - start) * width, this.path);
      target.set(toFloat32(dtype, bytes), start);
    }
  }

  /** The elements of an I32 tensor. @throws UnmaskError when there is no such tensor or it is of another type */
  async readInt32(name: string): Promise<Int32Array> {
    const entry = this.#entry(name);
    if (entry.dtype !== 'I32') throw badFile(this.path, `tensor "${name}" is ${entry.dtype}, not I32`);
    return new Int32Array(await this.#bytes(entry));
  }

  /** A tensor's little-endian bytes as they are, whatever its type. @throws UnmaskError when there is no such tensor */
  async readBytes(name: string): Promise<Uint8Array> {
    return new Uint8Array(await this.#bytes(this.#entry(name)));
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  #entry(name: string): TensorEntry {
    const entry = this.entries.get(name);
    if (!entry) throw new UnmaskError(`${this.path} holds no tensor "${name}"`, { code: 'not-found' });
    return entry;
  }

  #bytes({ begin, end }: TensorEntry): Promise<ArrayBuffer> {
    return readBytes(this.#handle, this.#dataStart + begin, end - begin, this.path);
  }
}

/** A file that is open, and its length; opening a pipe would wait for somebody to write. */
async function openFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  try {
    const found = await stat(path);
    if (found.isFile()) return { handle: await open(path, 'r'), size: found.size };
  } catch (cause) {
    throw new UnmaskError(`cannot open ${path} (${(cause as NodeJS.ErrnoException).code})`, { code: 'not-found', cause });
  }
  throw badFile(path, 'it is no file');
}

/** Reads exactly `length` bytes into a buffer of their own, which is aligned whatever the offset is. */
async function readBytes(handle: FileHandle, position: number, length: number, path: string): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw badFile(path, `it ended ${length - done} bytes early`);
    done += bytesRead;
  }
  return bytes.buffer;
}
