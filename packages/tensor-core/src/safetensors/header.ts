import { shown, UnmaskError } from '../errors.js';

/** Bits of one element, by safetensors' name of its type (safetensors 0.8, tensor.rs, Dtype). */
export const DTYPE_BITS = {
  F64: 64, F32: 32, F16: 16, BF16: 16, F8_E4M3: 8, F8_E5M2: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4, C64: 64,
  I64: 64, I32: 32, I16: 16, I8: 8, U64: 64, U32: 32, U16: 16, U8: 8, BOOL: 8,
} as const;

/** Element types of the format. Those of floating point in 8 bits or fewer and complex numbers are told apart, but not computed in. */
export type Dtype = keyof typeof DTYPE_BITS;

/** A tensor as a file's header describes it. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** Byte after the last. */
  readonly end: number;
}

/** A parsed header. */
export interface Header {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest header that is read, as in the reference implementation. */
export const MAXIMUM_HEADER_BYTES = 100_000_000;

/**
 * Parses and validates a safetensors header (https://github.com/huggingface/safetensors, format section).
 * @param bytes the JSON text
 * @param dataBytes length of the data that follows it
 * @param path for messages
 * @throws UnmaskError code `bad-file` when the header breaks the format: extents must match shapes and tile the data
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, path: string): Header {
  const fail = (problem: string): never => {
    throw badFile(path, problem);
  };
  const json = parseJson(bytes, path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail('its header is no JSON object');
  const entries = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value, path);
    else entries.set(name, parseEntry(name, value, dataBytes, path));
  }
  let position = 0;
  for (const { name, begin, end } of [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) fail(`tensor "${name}" starts at byte ${begin} of the data, not at ${position}: tensors must neither overlap nor leave gaps`);
    position = end;
  }
  if (position !== dataBytes) fail(`its tensors take ${position} bytes, but ${dataBytes} follow the header`);
  return { entries, metadata };
}

/** The error of a file that breaks the format. */
export function badFile(path: string, problem: string, cause?: unknown): UnmaskError {
  return new UnmaskError(`${path} is no valid safetensors file: ${problem}; download or export it again`, { code: 'bad-file', cause });
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badFile(path, 'its header is no UTF-8 JSON', cause);
  }
}

function parseMetadata(value: unknown, path: string): Record<string, string> {
  if (value === null) return {};
  const valid = typeof value === 'object' && Object.values(value).every((item) => typeof item === 'string');
  if (!valid) throw badFile(path, 'its __metadata__ does not map strings to strings');
  return value as Record<string, string>;
}

/** Bytes of a tensor; those of less than whole ones come in numbers that fill bytes. */
export const bytesOf = (dtype: Dtype, shape: readonly number[]): number => shape.reduce((product, length) => product * length, DTYPE_BITS[dtype]) / 8;

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parseEntry(name: string, value: unknown, dataBytes: number, path: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BITS, dtype)) {
    throw badFile(path, `tensor ${shown(name)} has element type ${shown(dtype)}, which is none of ${Object.keys(DTYPE_BITS).join(', ')}`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) throw badFile(path, `tensor "${name}" has shape ${shown(shape)}`);
  const bytes = bytesOf(dtype as Dtype, shape);
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (!isSize(begin) || !isSize(end) || end - begin !== bytes || end > dataBytes) {
    throw badFile(path, `tensor "${name}" of ${bytes} bytes claims bytes ${shown(offsets)} of ${dataBytes}`);
  }
  return { name, dtype: dtype as Dtype, shape: shape, begin, end };
}
