import { LOWERINGS } from '../../lowering/index.js';
import type { Lowering } from '../../lowering/lowering.js';

/** x − m − ln Σ exp(x − m), m the maximum: LogSoftmax would run on the processor. */
const LOG_SOFTMAX: Lowering = {
  ...LOWERINGS.LogSoftmax,
  build: (graph, [logits]) => {
    const last = { axes: [logits!.shape.length - 1], keepdims: 1 };
    const rest = graph.node('Sub', [logits!.name, graph.node('ReduceMax', [logits!.name], last)]);
    const sum = graph.node('ReduceSum', [graph.node('Exp', [rest]), graph.integers(last.axes)], { keepdims: 1 });
    return [graph.node('Sub', [rest, graph.node('Log', [sum])])];
  },
};

/** r = (mean(x²) + ε)^(−½) and x·r·w: the second result of SimplifiedLayerNormalization is wrong there. */
const RMS_NORM: Lowering = {
  ...LOWERINGS.UnmaskRmsNorm,
  build: (graph, [x, weight], { epsilon }) => {
    const meanSquare = graph.node('ReduceMean', [graph.node('Mul', [x!.name, x!.name])], { axes: [1], keepdims: 1 });
    const root = graph.node('Sqrt', [graph.node('Add', [meanSquare, graph.scalar(epsilon as number)])]);
    const inverse = graph.node('Reciprocal', [root]);
    return [graph.node('Mul', [graph.node('Mul', [x!.name, inverse]), weight!.name]), inverse];
  },
};

/** The shared table, with other nodes where the WebGPU provider computes wrongly or leaves an operator to the processor. */
export const lowerings: Readonly<Record<string, Lowering>> = { ...LOWERINGS, LogSoftmax: LOG_SOFTMAX, UnmaskRmsNorm: RMS_NORM };
