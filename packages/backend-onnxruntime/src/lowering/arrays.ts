import { backend_util, util } from '@tensorflow/tfjs-core';
import type { Attributes, Lowering } from './lowering.js';

type Shape = readonly number[];

/** Shape and ONNX axes of a reduction; tfjs gives one axis, several or none (all), and Max under a name of its own. */
function reduced(shape: Shape, { axis, reductionIndices, keepDims }: Attributes): { axes: number[]; shape: number[] } {
  const axes = util.parseAxisParam((axis ?? reductionIndices ?? null) as number[], [...shape]);
  const [kept] = backend_util.computeOutAndReduceShapes([...shape], axes);
  return { axes, shape: keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept };
}

/** ReduceSum takes its axes as an input since opset 13, the others as an attribute until 18. */
const reduction = (operator: string): Lowering => ({
  inputs: ['x'],
  shapes: ([x], attributes) => [reduced(x!, attributes).shape],
  key: ([x], attributes) => `${reduced(x!, attributes).axes.join()}/${Boolean(attributes.keepDims)}`,
  build: (graph, [x], attributes) => {
    const { axes } = reduced(x!.shape, attributes);
    const keepdims = attributes.keepDims ? 1 : 0;
    return [
      operator === 'ReduceSum'
        ? graph.node(operator, [x!.name, graph.integers(axes)], { keepdims })
        : graph.node(operator, [x!.name], { keepdims, axes }),
    ];
  },
});

const TRANSPOSE: Lowering = {
  inputs: ['x'],
  shapes: ([x], { perm }) => [(perm as number[]).map((axis) => x![axis])],
  key: (_, { perm }) => (perm as number[]).join(),
  build: (graph, [x], { perm }) => [graph.node('Transpose', [x!.name], { perm: perm as number[] })],
};

const SOFTMAX: Lowering = {
  inputs: ['logits'],
  shapes: ([logits]) => [logits!],
  build: (graph, [logits]) => [graph.node('Softmax', [logits!.name], { axis: -1 })],
};

const LOG_SOFTMAX: Lowering = {
  inputs: ['logits'],
  shapes: ([logits]) => [logits!],
  build: (graph, [logits]) => [graph.node('LogSoftmax', [logits!.name], { axis: -1 })],
};

/** The whole rows of a table, along axis 0 without batch axes: what an embedding reads. */
const GATHER: Lowering = {
  inputs: ['x', 'indices'],
  integers: ['indices'],
  shapes: ([x, indices]) => [[...indices!, ...x!.slice(1)]],
  build: (graph, [x, indices]) => [graph.node('Gather', [x!.name, indices!.name], { axis: 0 })],
};

const SLICE: Lowering = {
  inputs: ['x'],
  shapes: ([x], { begin, size }) => [extents(x!, begin as Shape, size as Shape | undefined).map(([start, end]) => end - start)],
  key: ([x], { begin, size }) => extents(x!, begin as Shape, size as Shape | undefined).join(),
  build: (graph, [x], { begin, size }) => {
    const ranges = extents(x!.shape, begin as Shape, size as Shape | undefined);
    return [graph.node('Slice', [x!.name, ...[0, 1].map((side) => graph.integers(ranges.map((range) => range[side])))])];
  },
};

const PAD: Lowering = {
  inputs: ['x'],
  shapes: ([x], { paddings }) => [x!.map((length, axis) => length + (paddings as Shape[])[axis][0] + (paddings as Shape[])[axis][1])],
  key: (_, { paddings, constantValue }) => `${String(paddings)}/${String(constantValue)}`,
  build: (graph, [x], { paddings, constantValue }) => {
    const amounts = [0, 1].flatMap((side) => (paddings as Shape[]).map((both) => both[side])); // all starts, then all ends
    return [graph.node('Pad', [x!.name, graph.integers(amounts), graph.scalar(constantValue as number)])];
  },
};

/** As many inputs as there are, named by their place (kernel-call.ts). */
const CONCAT: Lowering = {
  inputs: [],
  shapes: (inputs, { axis }) => [backend_util.computeOutShape(inputs.map((shape) => [...shape!]), axisOf(inputs[0]!, axis))],
  key: ([first], { axis }) => String(axisOf(first!, axis)),
  build: (graph, inputs, { axis }) => [graph.node('Concat', inputs.map((input) => input!.name), { axis: axisOf(inputs[0]!.shape, axis) })],
};

/** Rows of a tensor replaced by others. indices [n, 1] */
const SCATTER_UPDATE: Lowering = {
  inputs: ['tensor', 'indices', 'updates'],
  integers: ['indices'],
  shapes: ([tensor]) => [tensor!],
  build: (graph, [tensor, indices, updates]) => [graph.node('ScatterND', [tensor!.name, graph.node('Cast', [indices!.name], { to: 7 }), updates!.name])], // 7: int64
};

const axisOf = (shape: Shape, axis: unknown) => util.parseAxisParam(axis as number, [...shape])[0];

/** First and one past the last index along each axis; a size of −1 or none reaches to the end, axes left out are whole. */
function extents(shape: Shape, begin: Shape, size: Shape | undefined): [number, number][] {
  return shape.map((length, axis) => {
    const start = begin[axis] ?? 0;
    const count = size?.[axis] ?? -1;
    return [start, count === -1 ? length : start + count];
  });
}

/** [b…, m, k]·[b…, k, n] with either side transposed. */
const MATMUL: Lowering = {
  inputs: ['a', 'b'],
  shapes: ([a, b], { transposeA, transposeB }) => {
    const batch = backend_util.assertAndGetBroadcastShape(a!.slice(0, -2), b!.slice(0, -2));
    return [[...batch, a!.at(transposeA ? -1 : -2)!, b!.at(transposeB ? -2 : -1)!]];
  },
  key: (_, { transposeA, transposeB }) => `${Boolean(transposeA)}/${Boolean(transposeB)}`,
  build: (graph, [a, b], { transposeA, transposeB }) => [
    graph.product(a!.name, b!.name, { ranks: [a!.shape.length, b!.shape.length], transposeLeft: Boolean(transposeA), transposeRight: Boolean(transposeB) }),
  ],
};

/** Kernels that move, reduce or multiply whole arrays. */
export const arrays: Readonly<Record<string, Lowering>> = {
  BatchMatMul: MATMUL,
  Concat: CONCAT,
  GatherV2: GATHER,
  LogSoftmax: LOG_SOFTMAX,
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean'),
  PadV2: PAD,
  Slice: SLICE,
  Softmax: SOFTMAX,
  Sum: reduction('ReduceSum'),
  TensorScatterUpdate: SCATTER_UPDATE,
  Transpose: TRANSPOSE,
};
