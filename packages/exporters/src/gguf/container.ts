/** Types of a file's values (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
const VALUE = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/** A value of the file's key-value part. */
export type GgufValue =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly floats: readonly number[] }
  | { readonly integers: readonly number[] };

/** Types of tensors, with their codes, and bytes of a block of entries. */
export const GGUF_TYPES = {
  F32: { code: 0, entries: 1, bytes: 4 },
  F16: { code: 1, entries: 1, bytes: 2 },
  Q4_0: { code: 2, entries: 32, bytes: 18 },
  Q8_0: { code: 8, entries: 32, bytes: 34 },
} as const;
export type GgufType = keyof typeof GGUF_TYPES;

/** A tensor of the file. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgufType;
  /** Outermost axis first, as everywhere here; the file has them the other way round. */
  readonly shape: readonly number[];
  /** Makes the bytes when their turn comes. */
  readonly data: () => Uint8Array;
}

const MAGIC = 0x4655_4747; // "GGUF"
const VERSION = 3;
const ALIGNMENT = 32;

/** Writes numbers and texts, little-endian. */
class Writer {
  readonly pieces: Uint8Array[] = [];
  length = 0;

  bytes(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.length += piece.length;
  }

  uint32(value: number): void {
    this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  }

  uint64(value: number): void {
    this.bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.uint64(encoded.length);
    this.bytes(encoded);
  }

  value(value: GgufValue): void {
    if ('string' in value) this.#typed(VALUE.string, () => this.text(value.string));
    else if ('uint32' in value) this.#typed(VALUE.uint32, () => this.uint32(value.uint32));
    else if ('float32' in value) this.#typed(VALUE.float32, () => this.bytes(new Uint8Array(Float32Array.of(value.float32).buffer)));
    else if ('bool' in value) this.#typed(VALUE.bool, () => this.bytes(Uint8Array.of(value.bool ? 1 : 0)));
    else if ('strings' in value) this.#list(VALUE.string, value.strings.length, () => value.strings.forEach((each) => this.text(each)));
    else if ('floats' in value) this.#list(VALUE.float32, value.floats.length, () => this.bytes(new Uint8Array(Float32Array.from(value.floats).buffer)));
    else this.#list(VALUE.int32, value.integers.length, () => this.bytes(new Uint8Array(Int32Array.from(value.integers).buffer)));
  }

  #typed(type: number, write: () => void): void {
    this.uint32(type);
    write();
  }

  #list(type: number, length: number, write: () => void): void {
    this.uint32(VALUE.array);
    this.uint32(type);
    this.uint64(length);
    write();
  }
}

/** Bytes that a tensor takes. */
export function ggufBytes(type: GgufType, shape: readonly number[]): number {
  const { entries, bytes } = GGUF_TYPES[type];
  return (shape.reduce((product, length) => product * length, 1) / entries) * bytes;
}

const padding = (length: number) => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;

/** The pieces of a GGUF file, one tensor at a time. */
export function* ggufFile(values: ReadonlyMap<string, GgufValue>, tensors: readonly GgufTensor[]): Generator<Uint8Array> {
  const writer = new Writer();
  writer.uint32(MAGIC);
  writer.uint32(VERSION);
  writer.uint64(tensors.length);
  writer.uint64(values.size);
  for (const [key, value] of values) {
    writer.text(key);
    writer.value(value);
  }
  let offset = 0;
  for (const { name, type, shape } of tensors) {
    writer.text(name);
    writer.uint32(shape.length);
    for (const length of shape.toReversed()) writer.uint64(length);
    writer.uint32(GGUF_TYPES[type].code);
    writer.uint64(offset);
    const bytes = ggufBytes(type, shape);
    offset += bytes + padding(bytes);
  }
  yield* writer.pieces;
  yield new Uint8Array(padding(writer.length));
  for (const { data } of tensors) {
    const bytes = data();
    yield bytes;
    yield new Uint8Array(padding(bytes.length));
  }
}
