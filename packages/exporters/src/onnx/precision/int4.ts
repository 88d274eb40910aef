import type { GraphConstant } from '@unmask/backend-onnxruntime';
import { BLOCK, quantize4 } from '../../quantization/blocks.js';
import { bytesOf, floatsOf, type WeightCodec } from './constants.js';
import { rowsOfLevels } from './int8.js';

/** [in, out] → [out, in] */
function transpose({ shape, ...constant }: GraphConstant): Float32Array {
  const [rows, columns] = shape as [number, number];
  const values = floatsOf({ shape, ...constant });
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  return result;
}

/** The operands of MatMulNBits: two levels a byte, [out, blocks, 16], and the scales [out·blocks]. */
function pack(values: Float32Array, outputs: number, inputs: number): { levels: Uint8Array; scales: Float32Array } {
  const blocks = Math.ceil(inputs / BLOCK);
  const levels = new Uint8Array((outputs * blocks * BLOCK) / 2);
  const scales = new Float32Array(outputs * blocks);
  for (let output = 0; output < outputs; output++) {
    for (let block = 0; block < blocks; block++) {
      const index = output * blocks + block;
      const quantized = quantize4(values, output * inputs + block * BLOCK, (output + 1) * inputs);
      scales[index] = quantized.scale;
      for (let pair = 0; pair < BLOCK / 2; pair++) levels[(index * BLOCK) / 2 + pair] = quantized.levels[2 * pair] | (quantized.levels[2 * pair + 1] << 4);
    }
  }
  return { levels, scales };
}

/** Weights of 4 bits in blocks of 32 (com.microsoft.MatMulNBits); tables of 8 bits. */
export const INT4: WeightCodec = {
  product: (graph, x, weight, transposed) => {
    const [outputs, inputs] = (transposed ? weight.shape : weight.shape.toReversed()) as [number, number];
    let packed: ReturnType<typeof pack> | undefined;
    const make = () => (packed ??= pack(transposed ? floatsOf(weight) : transpose(weight), outputs, inputs));
    const levels = graph.constant(`${weight.name}_q4`, () => ({ type: 'uint8', shape: [outputs, Math.ceil(inputs / BLOCK), BLOCK / 2], data: make().levels }));
    const scales = graph.constant(`${weight.name}_q4_scale`, () => ({ type: 'float32', shape: [make().scales.length], data: bytesOf(make().scales) }));
    return graph.add('MatMulNBits', [x, levels, scales], { K: inputs, N: outputs, bits: 4, block_size: BLOCK })[0];
  },
  rows: rowsOfLevels,
};
