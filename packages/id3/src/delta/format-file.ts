import { SafetensorsFile, UnmaskError } from '@unmask/tensor-core';

/** Facts to keep in a file's metadata; null leaves one out. */
export type FileMetadata = Readonly<Record<string, string | number | boolean | null>>;

/** A kind of safetensors file that this package writes. */
export interface FileFormat {
  /** Stands as `format` in the metadata. */
  readonly format: string;
  /** Stands as `version` in the metadata. */
  readonly version: string;
  /** What such a file is, for messages. */
  readonly noun: string;
  /** The function that writes it, for messages. */
  readonly writer: string;
}

/** The metadata of a file of a format: the caller's keys, as strings, and its own, which take precedence. */
export function metadataOf({ format, version }: FileFormat, own: Readonly<Record<string, string>>, given: FileMetadata): Record<string, string> {
  const strings = Object.entries(given).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const]));
  return { ...Object.fromEntries(strings), format, version, ...own };
}

/** An open file of one of our formats. Whatever is wrong with it becomes an UnmaskError `bad-file` that names it. */
export class FormatFile {
  /** Tensors that have not been read. */
  readonly unread: Set<string>;
  readonly #file: SafetensorsFile;
  readonly #noun: string;

  private constructor(file: SafetensorsFile, { format, version, noun, writer }: FileFormat) {
    this.#file = file;
    this.#noun = noun;
    this.unread = new Set(file.entries.keys());
    const { format: foundFormat, version: foundVersion } = file.metadata;
    if (foundFormat !== format) throw this.bad(`it is a safetensors file of another kind; give one that ${writer} wrote`);
    if (foundVersion !== version) throw this.bad(`it has version ${foundVersion}, and this release reads version ${version}; upgrade @unmask/id3`);
  }

  /**
   * Opens a file, lets `read` read it, and closes it.
   * @throws UnmaskError `not-found` or `bad-file`
   */
  static async read<T>(path: string, format: FileFormat, read: (file: FormatFile) => Promise<T>): Promise<T> {
    const file = await SafetensorsFile.open(path);
    try {
      return await read(new FormatFile(file, format));
    } finally {
      await file.close();
    }
  }

  /** The error of a file that cannot be used. */
  bad(problem: string, cause?: unknown): UnmaskError {
    return new UnmaskError(`${this.#file.path} is no usable ${this.#noun}: ${problem}`, { code: 'bad-file', cause });
  }

  /** An F32 tensor as it is: a conversion would make the model differ from the trained one. */
  readFloats(name: string): Promise<Float32Array> {
    this.#take(name, 'F32');
    return this.#file.readFloat32(name);
  }

  /** An I32 tensor. */
  readIntegers(name: string): Promise<Int32Array> {
    this.#take(name, 'I32');
    return this.#file.readInt32(name);
  }

  /** The shape of a tensor. */
  shapeOf(name: string): readonly number[] {
    const entry = this.#file.entries.get(name);
    if (!entry) throw this.bad(`"${name}" is missing`);
    return entry.shape;
  }

  /** What the caller gave {@link metadataOf}: all but `format`, `version` and the format's own keys. */
  metadataBesides(...own: readonly string[]): Record<string, string> {
    const ours = ['format', 'version', ...own];
    return Object.fromEntries(Object.entries(this.#file.metadata).filter(([key]) => !ours.includes(key)));
  }

  /** A JSON object in the metadata. */
  json(key: string): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(this.#file.metadata[key] ?? '');
    } catch (cause) {
      throw this.bad(`"${key}" in its metadata is not JSON`, cause);
    }
    return this.object(key, value);
  }

  /** A value that must be a JSON object. */
  object(key: string, value: unknown): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.bad(`"${key}" in its metadata is no JSON object`);
    return value as Record<string, unknown>;
  }

  #take(name: string, dtype: 'F32' | 'I32'): void {
    const entry = this.#file.entries.get(name);
    if (!entry) throw this.bad(`"${name}" is missing`);
    if (entry.dtype !== dtype) throw this.bad(`"${name}" is ${entry.dtype}, not ${dtype}`);
    this.unread.delete(name);
  }
}
