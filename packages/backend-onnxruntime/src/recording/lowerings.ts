import { ELEMENT_TYPE } from '../onnx/content.js';
import type { GraphBuilder } from '../onnx/graph.js';
import { LOWERINGS } from '../lowering/index.js';
import type { Attributes, Lowering } from '../lowering/lowering.js';

/** A lowering of any element types. */
export interface RecordedLowering extends Lowering {
  /** Element type of the results; by default that of the first input. */
  readonly type?: (attributes: Attributes) => 'float32' | 'int32';
}

/** Added to the scores of what must not be attended to, as in @unmask/models. */
const MASKED = -3.4028234663852886e38;
/** Past the end of any axis. */
const END = 2 ** 31 - 1;

/** The length of an axis, [1] */
const lengthOf = (graph: GraphBuilder, value: string, axis: number) => graph.node('Shape', [value], { start: axis, end: axis + 1 });
const asScalar = (graph: GraphBuilder, value: string) => graph.node('Squeeze', [value, graph.integers([0])]);
/** 0 to n − 1 for a length [1] */
const countTo = (graph: GraphBuilder, length: string) => graph.node('Range', [asScalar(graph, graph.integers([0])), asScalar(graph, length), asScalar(graph, graph.integers([1]))]);
const slice = (graph: GraphBuilder, value: string, start: string, end: string, axis: number) => graph.node('Slice', [value, start, end, graph.integers([axis])]);
/** The last entries of axis 1 of as many as `length` says. */
const lastColumns = (graph: GraphBuilder, value: string, length: string) => slice(graph, value, graph.node('Neg', [length]), graph.integers([END]), 1);
const unsqueeze = (graph: GraphBuilder, value: string, axes: readonly number[]) => graph.node('Unsqueeze', [value, graph.integers(axes)]);

const CAST: RecordedLowering = {
  inputs: ['x'],
  type: ({ dtype }) => (dtype === 'int32' ? 'int32' : 'float32'),
  shapes: ([x]) => [x!],
  key: (_, { dtype }) => String(dtype),
  build: (graph, [x], { dtype }) => [graph.node('Cast', [x!.name], { to: ELEMENT_TYPE[dtype === 'int32' ? 'int64' : 'float32'] })],
};

const CUMSUM: RecordedLowering = {
  inputs: ['x'],
  shapes: ([x]) => [x!],
  key: (_, { axis, exclusive, reverse }) => [axis, exclusive, reverse].join(),
  build: (graph, [x], { axis, exclusive, reverse }) => [graph.node('CumSum', [x!.name, graph.integers([axis as number])], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 })],
};

/** Axes that are taken whole stay open. */
const SLICE: RecordedLowering = {
  ...LOWERINGS.Slice,
  key: ([x], attributes) => rangesOf(x!, attributes).join('/'),
  build: (graph, [x], attributes) => {
    const ranges = rangesOf(x!.shape, attributes);
    if (ranges.length === 0) return [graph.node('Identity', [x!.name])];
    return [graph.node('Slice', [x!.name, ...[1, 2, 0].map((part) => graph.integers(ranges.map((range) => range[part])))])];
  },
};

/** Axis, start and end of each axis that is not taken whole. */
function rangesOf(shape: readonly number[], { begin, size }: Attributes): number[][] {
  const [starts, counts] = [begin as readonly number[], (size ?? []) as readonly number[]];
  return shape.flatMap((length, axis) => {
    const start = starts[axis] ?? 0;
    const count = counts[axis] ?? -1;
    if (start === 0 && (count === -1 || count === length)) return [];
    return [[axis, start, count === -1 ? END : start + count]];
  });
}

/** Entry i of each head's first half and entry i of its second are turned as a pair. */
const ROTARY: RecordedLowering = {
  ...LOWERINGS.UnmaskRotary,
  key: ([x, cos]) => String(x![2] / cos![1]),
  build: (graph, [x, cos, sin]) => {
    const half = cos!.shape[1];
    const heads = graph.node('Reshape', [x!.name, graph.integers([0, 0, x!.shape[2] / (2 * half), 2 * half])]); // [b, t, H, d]
    const [a, b] = [0, half].map((start) => slice(graph, heads, graph.integers([start]), graph.integers([start + half]), 3));
    const [c, s] = [cos!, sin!].map(({ name }) => unsqueeze(graph, name, [1])); // [t, 1, d/2]
    const multiply = (left: string, right: string) => graph.node('Mul', [left, right]);
    const first = graph.node('Sub', [multiply(a, c), multiply(b, s)]);
    const second = graph.node('Add', [multiply(b, c), multiply(a, s)]);
    return [graph.node('Reshape', [graph.node('Concat', [first, second], { axis: 3 }), graph.integers([0, 0, -1])])];
  },
};

/** Open where the key is a token, at or before the query's column, and within its window of tokens. */
const CAUSAL_MASK: RecordedLowering = {
  inputs: ['inputIds', 'attentionMask'],
  type: () => 'float32',
  shapes: ([ids, mask]) => [[mask![0], 1, ids![1], mask![1]]],
  key: (_, { window }) => String(window),
  build: (graph, [ids, mask], { window }) => {
    const length = lengthOf(graph, ids!.name, 1);
    const columns = countTo(graph, lengthOf(graph, mask!.name, 1)); // [s]
    const queries = graph.node('Slice', [columns, graph.node('Neg', [length]), graph.integers([END])]); // [t]
    const before = graph.node('LessOrEqual', [unsqueeze(graph, columns, [0]), unsqueeze(graph, queries, [1])]); // [t, s]
    let open = graph.node('And', [unsqueeze(graph, graph.node('Cast', [mask!.name], { to: ELEMENT_TYPE.bool }), [1, 2]), before]); // [b, 1, t, s]
    if (window !== Infinity) {
      const seen = graph.node('CumSum', [mask!.name, graph.integers([1])]); // [b, s]
      const between = graph.node('Sub', [unsqueeze(graph, lastColumns(graph, seen, length), [1, 3]), unsqueeze(graph, seen, [1, 2])]); // [b, 1, t, s]
      open = graph.node('And', [open, graph.node('Less', [between, graph.integers([window as number])])]);
    }
    return [graph.node('Where', [open, graph.scalar(0), graph.scalar(MASKED)])];
  },
};

const POSITIONS: RecordedLowering = {
  inputs: ['inputIds', 'attentionMask'],
  shapes: ([ids]) => [ids!],
  build: (graph, [ids, mask]) => {
    const seen = lastColumns(graph, graph.node('CumSum', [mask!.name, graph.integers([1])]), lengthOf(graph, ids!.name, 1));
    return [graph.node('Max', [graph.node('Sub', [seen, graph.integers([1])]), graph.integers([0])])];
  },
};

const COLUMNS: RecordedLowering = {
  inputs: ['inputIds', 'attentionMask'],
  shapes: ([ids]) => [[ids![1]]],
  build: (graph, [ids, mask]) => [
    graph.node('Slice', [countTo(graph, lengthOf(graph, mask!.name, 1)), graph.node('Neg', [lengthOf(graph, ids!.name, 1)]), graph.integers([END])]),
  ],
};

const ROTARY_TABLES: RecordedLowering = {
  inputs: ['positions', 'frequencies'],
  type: () => 'float32',
  shapes: ([positions, frequencies]) => Array.from({ length: 2 }, () => [...positions!, frequencies![0]]),
  key: (_, { amplitude }) => String(amplitude),
  build: (graph, [positions, frequencies], { amplitude }) => {
    const places = unsqueeze(graph, graph.node('Cast', [positions!.name], { to: ELEMENT_TYPE.float32 }), [2]);
    const angles = graph.node('Mul', [places, frequencies!.name]);
    return ['Cos', 'Sin'].map((operator) => {
      const table = graph.node(operator, [angles]);
      return amplitude === 1 ? table : graph.node('Mul', [table, graph.scalar(amplitude as number)]);
    });
  },
};

/** The last column of the largest product of mark and column. */
const LAST_TOKEN: RecordedLowering = {
  inputs: ['x', 'attentionMask'],
  shapes: ([x]) => [[x![0], x![2]]],
  build: (graph, [x, mask]) => {
    const columns = graph.node('Mul', [mask!.name, countTo(graph, lengthOf(graph, mask!.name, 1))]); // [b, t]
    return [graph.node('GatherND', [x!.name, graph.node('ArgMax', [graph.node('Cast', [columns], { to: ELEMENT_TYPE.int32 })], { axis: 1, keepdims: 1 })], { batch_dims: 1 })];
  },
};

const RELATIVE_ROWS: RecordedLowering = {
  inputs: ['x', 'fromQueries', 'fromKeys'],
  type: () => 'int32',
  shapes: ([x], { rows }) => [[rows as number], [2 * x![1]], [2 * x![1]]],
  key: (_, { rows }) => String(rows),
  build: (graph, [x, fromQueries, fromKeys], { rows }) => {
    const length = lengthOf(graph, x!.name, 1);
    const middle = graph.integers([fromKeys!.shape[0] / 2]);
    const [start, end] = [graph.node('Sub', [middle, length]), graph.node('Add', [middle, length])];
    return [countTo(graph, graph.integers([rows as number])), ...[fromQueries!, fromKeys!].map(({ name }) => graph.node('Slice', [name, start, end]))];
  },
};

const CONCAT: RecordedLowering = {
  inputs: ['0', '1'],
  shapes: ([a, b], { axis }) => [a!.map((length, index) => (index === axis ? length + b![index] : length))],
  key: (_, { axis }) => String(axis),
  build: (graph, [a, b], { axis }) => [graph.node('Concat', [a!.name, b!.name], { axis: axis as number })],
};

/** What a recording says besides or otherwise than the engine: axes stay open, integers too are values of the graph. */
export const RECORDED: Readonly<Record<string, RecordedLowering>> = {
  ...LOWERINGS,
  Cast: CAST,
  Concat: CONCAT,
  Cumsum: CUMSUM,
  Slice: SLICE,
  UnmaskCausalMask: CAUSAL_MASK,
  UnmaskColumns: COLUMNS,
  UnmaskLastToken: LAST_TOKEN,
  UnmaskPositions: POSITIONS,
  UnmaskRelativeRows: RELATIVE_ROWS,
  UnmaskRotary: ROTARY,
  UnmaskRotaryTables: ROTARY_TABLES,
};
