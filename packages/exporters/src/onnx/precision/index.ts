import type { GraphContent } from '@unmask/backend-onnxruntime';
import { withCodec } from './constants.js';
import { inHalfPrecision } from './half.js';
import { INT4 } from './int4.js';
import { INT8 } from './int8.js';

/** How weights are stored, and the ends of the file names that transformers.js knows them by. */
const PRECISIONS = {
  fp32: { suffix: '', convert: (graph: GraphContent) => graph },
  fp16: { suffix: '_fp16', convert: inHalfPrecision },
  q8: { suffix: '_quantized', convert: (graph: GraphContent) => withCodec(graph, INT8) },
  q4: { suffix: '_q4', convert: (graph: GraphContent) => withCodec(graph, INT4) },
} as const;

/** A precision of weights, by the name that transformers.js gives it. */
export type OnnxPrecision = keyof typeof PRECISIONS;

/** All of them. */
export const ONNX_PRECISIONS = Object.keys(PRECISIONS) as OnnxPrecision[];

/** A graph in another precision, and the name of its file. */
export function inPrecision(graph: GraphContent, precision: OnnxPrecision): { readonly file: string; readonly graph: GraphContent } {
  const { suffix, convert } = PRECISIONS[precision];
  return { file: `model${suffix}.onnx`, graph: convert(graph) };
}
