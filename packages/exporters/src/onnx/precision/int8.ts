import { ELEMENT_TYPE, type GraphConstant } from '@unmask/backend-onnxruntime';
import { bytesOf, floatsOf, type Rewriting, type WeightCodec } from './constants.js';

/** The level of zero. */
const ZERO = 128;

/** A matrix as levels 1 to 255 around 128, with a scale for each output (or row of a table): w ≈ scale·(level − 128). */
interface Levels {
  readonly levels: Uint8Array;
  readonly scales: Float32Array;
}

/** @param transposed whether outputs are rows */
function quantize({ shape, ...constant }: GraphConstant, transposed: boolean): Levels {
  const values = floatsOf({ shape, ...constant });
  const [rows, columns] = shape as [number, number];
  const scales = new Float32Array(transposed ? rows : columns);
  const output = (index: number) => (transposed ? Math.floor(index / columns) : index % columns);
  for (let index = 0; index < values.length; index++) scales[output(index)] = Math.max(scales[output(index)], Math.abs(values[index]) / 127);
  const levels = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) levels[index] = ZERO + Math.round(values[index] / (scales[output(index)] || 1));
  return { levels, scales };
}

/** The constants of a matrix; a table that also serves as the weights of a product has them once. */
function stored(graph: Rewriting, weight: GraphConstant, transposed: boolean): { levels: string; scales: string; zero: string } {
  let quantized: Levels | undefined;
  const make = () => (quantized ??= quantize(weight, transposed));
  return {
    levels: graph.constant(`${weight.name}_quantized`, () => ({ type: 'uint8', shape: weight.shape, data: make().levels })),
    scales: graph.constant(`${weight.name}_scale`, () => ({ type: 'float32', shape: [make().scales.length], data: bytesOf(make().scales) })),
    zero: graph.constant('zero_point', () => ({ type: 'uint8', shape: [], data: Uint8Array.of(ZERO) })),
  };
}

/** Rows of a table of 8-bit levels. */
export function rowsOfLevels(graph: Rewriting, table: GraphConstant, indices: string): string {
  const { levels, scales } = stored(graph, table, true);
  const [chosen] = graph.add('Cast', graph.add('Gather', [levels, indices], { axis: 0 }), { to: ELEMENT_TYPE.float32 });
  const shift = graph.constant('zero_level', () => ({ type: 'float32', shape: [], data: bytesOf(Float32Array.of(ZERO)) }));
  const last = graph.constant('last_axis', () => ({ type: 'int64', shape: [1], data: new Uint8Array(BigInt64Array.of(-1n).buffer) }));
  const [factors] = graph.add('Unsqueeze', [...graph.add('Gather', [scales, indices], { axis: 0 }), last]);
  return graph.add('Mul', [...graph.add('Sub', [chosen, shift]), factors])[0];
}

/** Weights of 8 bits, one scale an output; activations are quantized as they come (onnxruntime's dynamic quantization). */
export const INT8: WeightCodec = {
  product: (graph, x, weight, transposed) => {
    const { levels, scales, zero } = stored(graph, weight, transposed);
    const [quantized, scale, zeroOfX] = graph.add('DynamicQuantizeLinear', [x], {}, 3);
    const matrix = transposed ? graph.add('Transpose', [levels], { perm: [1, 0] })[0] : levels;
    const [sum] = graph.add('Cast', graph.add('MatMulInteger', [quantized, matrix, zeroOfX, zero]), { to: ELEMENT_TYPE.float32 });
    return graph.add('Mul', [sum, ...graph.add('Mul', [scale, scales])])[0];
  },
  rows: rowsOfLevels,
};
