/** Entries that share a scale. */
export const BLOCK = 32;

/** A block of quantized entries: value ≈ scale·(level − zero). */
export interface QuantizedBlock {
  readonly scale: number;
  /** 32 levels. */
  readonly levels: Uint8Array | Int8Array;
}

/**
 * 32 entries as 4-bit levels 0 to 15 around 8 (Q4_0 of llama.cpp, ggml-quants.c): the scale puts the entry of the largest
 * magnitude at −8. Each step is rounded to float32, as there.
 * @param values entries beyond the end count as 0
 * @param start of the block
 * @param end of what belongs to its row
 */
export function quantize4(values: Float32Array, start: number, end: number): QuantizedBlock {
  let extreme = 0;
  for (let index = start; index < Math.min(start + BLOCK, end); index++) if (Math.abs(values[index]) > Math.abs(extreme)) extreme = values[index];
  const scale = Math.fround(extreme / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const levels = new Uint8Array(BLOCK).fill(8);
  for (let index = start; index < Math.min(start + BLOCK, end); index++) levels[index - start] = Math.min(15, Math.floor(Math.fround(Math.fround(values[index] * inverse) + 8.5)));
  return { scale, levels };
}

/** 32 entries as 8-bit levels −127 to 127 (Q8_0 of llama.cpp), with its roundings. */
export function quantize8(values: Float32Array, start: number): QuantizedBlock {
  let largest = 0;
  for (let index = start; index < start + BLOCK; index++) largest = Math.max(largest, Math.abs(values[index]));
  const scale = Math.fround(largest / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const levels = new Int8Array(BLOCK);
  for (let index = 0; index < BLOCK; index++) levels[index] = roundAway(Math.fround(values[start + index] * inverse));
  return { scale, levels };
}

/** To the nearest, halves away from zero, as C's roundf. */
const roundAway = (value: number) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
