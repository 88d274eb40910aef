/**
 * Writes the part of the protocol-buffer wire format that an ONNX model needs: varints, 32-bit floats, strings, bytes and
 * nested messages (https://protobuf.dev/programming-guides/encoding).
 */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** An int32, int64, bool or enum field. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#varint(BigInt(value));
  }

  /** A float field. */
  float(field: number, value: number): this {
    return this.#tag(field, 5).#append(new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A string or bytes field, or a nested message; bytes are taken as they are, not copied. */
  bytes(field: number, value: string | Uint8Array | MessageWriter): this {
    const chunks = typeof value === 'string' ? [new TextEncoder().encode(value)] : value instanceof MessageWriter ? value.chunks : [value];
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#tag(field, 2).#varint(BigInt(length));
    for (const chunk of chunks) this.#append(chunk);
    return this;
  }

  /** Length of the encoded message, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The encoded message in pieces, one after the other. */
  get chunks(): readonly Uint8Array[] {
    return this.#chunks;
  }

  /** The encoded message. */
  finish(): Uint8Array {
    const result = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      result.set(chunk, offset);
      offset += chunk.length;
    }
    return result;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(BigInt((field << 3) | wireType));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    do {
      const more = rest > 0x7fn;
      bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    return this.#append(Uint8Array.from(bytes));
  }

  #append(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}
