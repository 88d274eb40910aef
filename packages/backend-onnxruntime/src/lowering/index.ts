import { arrays } from './arrays.js';
import { attention } from './attention.js';
import { decoder } from './decoder.js';
import { elementwise } from './elementwise.js';
import { fused } from './fused.js';
import type { Lowering } from './lowering.js';
import { relative } from './relative.js';

/** tfjs kernel → ONNX nodes: the one table of this engine. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = { ...elementwise, ...arrays, ...fused, ...attention, ...relative, ...decoder };
