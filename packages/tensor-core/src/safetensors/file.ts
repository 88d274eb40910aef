import { UnmaskError } from '../errors.js';
import { openSource } from '../files/files.js';
import type { Source } from '../files/volume.js';
import { isComputedIn, toFloat32 } from './convert.js';
import { badFile, DTYPE_BITS, MAXIMUM_HEADER_BYTES, parseHeader, type Header, type TensorEntry } from './header.js';

/** Bytes of the header's length, which comes first. */
const PREFIX_BYTES = 8;

/** Elements that are read and converted at a time. */
const ELEMENTS_AT_A_TIME = 2 ** 20;

/** An open safetensors file, read one tensor at a time. Close it. */
export class SafetensorsFile {
  readonly path: string;
  readonly #source: Source;
  readonly #header: Header;
  readonly #dataStart: number;

  private constructor(path: string, source: Source, header: Header, dataStart: number) {
    this.path = path;
    this.#source = source;
    this.#header = header;
    this.#dataStart = dataStart;
  }

  /**
   * Opens a file and validates its header. Nothing is allocated on the word of the header alone.
   * @throws UnmaskError `not-found` or `bad-file`
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const source = await openSource(path);
    const { size } = source;
    try {
      if (size < PREFIX_BYTES) throw badFile(path, `it has ${size} bytes, too few for a header`);
      const prefix = await readBytes(source, 0, PREFIX_BYTES, path);
      const headerBytes = new DataView(prefix.buffer).getBigUint64(0, true);
      if (headerBytes > BigInt(Math.min(MAXIMUM_HEADER_BYTES, size - PREFIX_BYTES))) {
        throw badFile(path, `it claims a header of ${headerBytes} bytes in a file of ${size}`);
      }
      const dataStart = PREFIX_BYTES + Number(headerBytes);
      const header = await readBytes(source, PREFIX_BYTES, Number(headerBytes), path);
      return new SafetensorsFile(path, source, parseHeader(header, size - dataStart, path), dataStart);
    } catch (error) {
      await source.close();
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
   * @throws UnmaskError when there is no such tensor, it is of a type that is not computed in, or does not fill the array exactly
   */
  async readFloat32Into(name: string, target: Float32Array): Promise<void> {
    const { dtype, begin, end, shape } = this.#entry(name);
    if (!isComputedIn(dtype)) {
      throw new UnmaskError(`${this.path}: tensor "${name}" is of type ${dtype}, which is not computed in: convert the model in Python, model.to(torch.bfloat16).save_pretrained(folder), or take the original`, { code: 'unsupported' });
    }
    const width = DTYPE_BITS[dtype] / 8;
    if (end - begin !== target.length * width) throw badFile(this.path, `tensor "${name}" of shape [${shape.join(', ')}] does not have ${target.length} elements`);
    for (let start = 0; start < target.length; start += ELEMENTS_AT_A_TIME) {
      const stop = Math.min(target.length, start + ELEMENTS_AT_A_TIME);
      const bytes = await readBytes(this.#source, this.#dataStart + begin + start * width, (stop - start) * width, this.path);
      target.set(toFloat32(dtype, bytes.buffer), start);
    }
  }

  /** The elements of an I32 tensor. @throws UnmaskError when there is no such tensor or it is of another type */
  async readInt32(name: string): Promise<Int32Array> {
    const entry = this.#entry(name);
    if (entry.dtype !== 'I32') throw badFile(this.path, `tensor "${name}" is ${entry.dtype}, not I32`);
    return new Int32Array((await this.#bytes(entry)).buffer);
  }

  /** A tensor's little-endian bytes as they are, whatever its type. @throws UnmaskError when there is no such tensor */
  async readBytes(name: string): Promise<Uint8Array> {
    return this.#bytes(this.#entry(name));
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#source.close();
  }

  #entry(name: string): TensorEntry {
    const entry = this.entries.get(name);
    if (!entry) throw new UnmaskError(`${this.path} holds no tensor "${name}"`, { code: 'not-found' });
    return entry;
  }

  #bytes({ begin, end }: TensorEntry): Promise<Uint8Array<ArrayBuffer>> {
    return readBytes(this.#source, this.#dataStart + begin, end - begin, this.path);
  }
}

/** Reads exactly `length` bytes into a buffer of their own, which is aligned whatever the offset is. */
async function readBytes(source: Source, position: number, length: number, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const missing = position + length - source.size;
  if (missing > 0) throw badFile(path, `it ended ${missing} bytes early`);
  return source.read(position, length);
}
