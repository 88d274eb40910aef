import '@tensorflow/tfjs'; // its own gradients, to compare with
import { tf } from '@unmask/tensor-core';

/** Small deterministic values, some of them negative. */
export function values(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233) * 1.7);
}

/** A float32 tensor of such values. */
export function sample(shape: number[], seed = 1): tf.Tensor {
  return tf.tensor(values(shape.reduce((product, length) => product * length, 1), seed), shape, 'float32');
}

const positive = (shape: number[], seed = 1) => tf.add(tf.abs(sample(shape, seed)), 0.1);
const integers = (...items: number[]) => tf.tensor1d(items, 'int32');
const special = () => tf.tensor1d([NaN, Infinity, -Infinity, 0, -0, 1e-30, 3e38]);

type Case = () => tf.Tensor | tf.Tensor[];
const matMul = (a: number[], b: number[], transposeA: boolean, transposeB: boolean): Case => () => tf.matMul(sample(a), sample(b, 2), transposeA, transposeB);

const UNARY = { exp: tf.exp, sqrt: tf.sqrt, rsqrt: tf.rsqrt, log: tf.log, neg: tf.neg, abs: tf.abs, tanh: tf.tanh, sigmoid: tf.sigmoid, erf: tf.erf, relu: tf.relu, square: tf.square, step: tf.step, reciprocal: tf.reciprocal };
const BINARY = { add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, maximum: tf.maximum, minimum: tf.minimum, squaredDifference: tf.squaredDifference };
const SHAPES: [number[], number[]][] = [[[2, 3], [2, 3]], [[4, 1, 3], [5, 3]], [[], [7]], [[13], [1]], [[2, 0, 3], [3]]];

/** Name → computation, for each kernel that a transformer's training step uses, and its neighbours. */
export const BACKEND_CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([name, operation]) => [name, () => [operation(positive([3, 7])), operation(sample([13])), operation(sample([])), operation(sample([0, 2]))]] as const)),
  ...Object.fromEntries(Object.entries(BINARY).map(([name, operation]) => [name, () => SHAPES.map(([a, b]) => operation(sample(a), positive(b, 2)))] as const)),
  'NaN and infinities through unary kernels': () => [tf.exp(special()), tf.tanh(special()), tf.abs(special()), tf.neg(special()), tf.square(special())],
  'NaN and infinities through binary kernels': () => [tf.add(special(), 1), tf.mul(special(), 0), tf.sub(special(), special())],
  'int32 arithmetic': () => [tf.add(integers(1, -2), integers(3, 4)), tf.mul(integers(2 ** 20), integers(7)), tf.sub(integers(1), integers(5, 6)), tf.sum(integers(1, 2, 3))],
  'mixed int32 and float32': () => tf.mul(integers(1, 2, 3), sample([3])),
  'bool and comparisons': () => [tf.greater(sample([5]), 0), tf.equal(integers(1, 2), integers(1, 3)), tf.logicalAnd(tf.greater(sample([5]), 0), tf.less(sample([5]), 1)), tf.where(tf.greater(sample([5]), 0), sample([5]), tf.zeros([5]))],
  'matMul 2-D': matMul([5, 3], [3, 7], false, false),
  'matMul transposed a': matMul([3, 5], [3, 7], true, false),
  'matMul transposed b': matMul([5, 3], [7, 3], false, true),
  'matMul both transposed': matMul([3, 5], [7, 3], true, true),
  'matMul batched': matMul([2, 3, 4, 5], [2, 3, 5, 6], false, false),
  'matMul batched, transposed b': matMul([2, 3, 4, 5], [2, 3, 6, 5], false, true),
  'matMul with a broadcast batch': matMul([4, 2, 5], [1, 5, 3], false, false),
  'matMul of vectors': matMul([1, 9], [9, 1], false, false),
  sum: () => [tf.sum(sample([2, 3, 4])), tf.sum(sample([2, 3, 4]), 1), tf.sum(sample([2, 3, 4]), [0, 2], true), tf.sum(sample([2, 3, 4]), -1), tf.sum(sample([7]), 0)],
  mean: () => [tf.mean(sample([2, 3, 4])), tf.mean(sample([2, 3, 4]), 2, true), tf.mean(sample([2, 3, 4]), [1, 2])],
  max: () => [tf.max(sample([2, 3, 4])), tf.max(sample([2, 3, 4]), 1), tf.max(sample([2, 3, 4]), -1, true)],
  'argMax and topk': () => [tf.argMax(sample([3, 5]), 1), ...Object.values(tf.topk(sample([3, 5]), 2))],
  transpose: () => [tf.transpose(sample([2, 3])), tf.transpose(sample([2, 3, 4, 5]), [0, 2, 1, 3]), tf.transpose(integers(1, 2, 3)), tf.transpose(sample([2, 0]))],
  softmax: () => [tf.softmax(sample([3, 7])), tf.softmax(sample([2, 3, 1])), tf.logSoftmax(sample([3, 7])), tf.softmax(tf.tensor2d([[1000, -1000, -3.4e38]]))],
  gather: () => [tf.gather(sample([5, 3]), integers(4, 0, 4)), tf.gather(sample([5, 3]), tf.tensor2d([[1, 2], [0, 4]], [2, 2], 'int32')), tf.gather(sample([2, 5]), integers(1, 1), 1)],
  slice: () => [tf.slice(sample([4, 5]), [1, 2], [2, -1]), tf.slice(sample([3, 4, 5]), [0, 3, 0], [3, 1, 5]), tf.slice(integers(1, 2, 3), 1, 2), tf.slice(sample([4, 5]), [1], [2]), tf.slice(sample([4, 5]), [1, 2])],
  'pad, tile, concat, split, stack': () => [tf.pad(sample([2, 3]), [[1, 0], [0, 2]]), tf.pad(sample([2, 1, 3]), [[0, 0], [0, 0], [2, 1]], 7), tf.pad(integers(1, 2), [[1, 1]]), tf.tile(sample([2, 3]), [2, 1]), tf.concat([sample([2, 3]), sample([1, 3])], 0), ...tf.split(sample([4, 3]), 2), tf.stack([sample([3]), sample([3], 2)])],
  'reshape, expandDims, cast': () => [tf.reshape(sample([2, 6]), [3, -1]), tf.expandDims(sample([3]), 0), tf.cast(sample([5]), 'int32'), tf.cast(integers(1, 0), 'float32'), tf.cast(integers(1, 0), 'bool'), tf.add(tf.cast(integers(1, 2), 'float32'), 0.5)],
  'oneHot, fill, range, likes': () => [tf.oneHot(integers(0, 2, 1), 3), tf.fill([2, 3], 1.5), tf.range(0, 5, 1, 'int32'), tf.onesLike(sample([2])), tf.zerosLike(integers(1))],
  unsortedSegmentSum: () => tf.unsortedSegmentSum(sample([5, 3]), integers(2, 0, 2, 1, 0), 4),
  moments: () => Object.values(tf.moments(sample([3, 8]), 1, true)),
};

type FusedCase = () => { inputs: Record<string, tf.Tensor>; attributes?: Record<string, number>; reference: (inputs: Record<string, tf.Tensor>) => tf.Tensor[] };

const gelu = (x: tf.Tensor) => tf.mul<tf.Tensor>(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
const norm = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor, epsilon: number) => {
  const { mean, variance } = tf.moments(x, 1, true);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  return [tf.add(tf.mul(tf.mul(tf.sub(x, mean), inverse), w), b), mean, inverse];
};
/** [b, t, size] → [b, heads, t, d], each key head repeated for the `heads` query heads that share it. */
const split = (x: tf.Tensor, heads: number, size: number) => {
  const own = x.shape[2]! / size;
  const apart = tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1]!, own, size]), [0, 2, 1, 3]);
  return tf.gather(apart, Array.from({ length: heads }, (_, head) => Math.floor((head * own) / heads)), 1);
};
const attend = (i: Record<string, tf.Tensor>, { heads, scale }: { heads: number; scale: number }) => {
  const size = i.query.shape[2]! / heads;
  const products = tf.mul(tf.matMul(split(i.query, heads, size), split(i.key, heads, size), false, true), scale);
  const p = tf.softmax(['bias', 'mask'].reduce<tf.Tensor>((scores, term) => (term in i ? tf.add(scores, i[term]) : scores), products));
  const context = tf.matMul('dropoutMask' in i ? tf.mul(p, i.dropoutMask) : p, split(i.value, heads, size));
  return [tf.reshape(tf.transpose(context, [0, 2, 1, 3]), i.query.shape)];
};
const attentionInputs = (t: number, s: number, columns = 8) => ({ query: sample([2, t, 8]), key: sample([2, s, columns], 2), value: sample([2, s, columns], 3) });
const HALF = { heads: 2, keyValueHeads: 2, scale: 0.5 };
const GROUPED = { heads: 4, keyValueHeads: 2, scale: 0.8 };
const rms = (x: tf.Tensor, w: tf.Tensor, epsilon: number) => {
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), epsilon));
  return [tf.mul(tf.mul(x, inverse), w), inverse];
};
const swiGlu = (gate: tf.Tensor, up: tf.Tensor) => tf.mul<tf.Tensor>(tf.div(gate, tf.add(1, tf.exp(tf.neg(gate)))), up);
const geluTanh = (x: tf.Tensor) => tf.mul<tf.Tensor>(tf.mul(0.5, x), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))));
/** x·cos + rotate_half(x)·sin by head, as HF transformers write it. x [b, t, H·d], angles [t, d/2] */
const rotate = (x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor) => {
  const [b, t, size] = x.shape as [number, number, number];
  const d = 2 * cos.shape[1]!;
  const heads = tf.reshape(x, [b, t, size / d, d]);
  const both = (angles: tf.Tensor) => tf.reshape(tf.concat([angles, angles], 1), [t, 1, d]);
  const [first, second] = tf.split(heads, 2, 3);
  return tf.reshape(tf.add(tf.mul(heads, both(cos)), tf.mul(tf.concat([tf.neg(second), first], 3), both(sin))), [b, t, size]);
};
/** tfjs's own gradient of the first output of `compute`. */
const gradientOf = (compute: (inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[], dy: tf.Tensor) => tf.grads((...given) => compute(given))(inputs, dy);

/** Fused kernels → inputs and the same computed from tfjs operations. */
export const FUSED_CASES: Readonly<Record<string, FusedCase>> = {
  UnmaskLinear: () => ({ inputs: { x: sample([7, 5]), weight: sample([3, 5], 2), bias: sample([3], 3) }, attributes: { transposed: 0 }, reference: (i) => [tf.add(tf.matMul(i.x, i.weight, false, true), i.bias)] }),
  'UnmaskLinear without bias': () => ({ inputs: { x: sample([1, 5]), weight: sample([3, 5], 2) }, attributes: { transposed: 0 }, reference: (i) => [tf.matMul(i.x, i.weight, false, true)] }),
  'UnmaskLinear with a transposed weight': () => ({ inputs: { x: sample([7, 5]), weight: sample([5, 3], 2), bias: sample([3], 3) }, attributes: { transposed: 1 }, reference: (i) => [tf.add(tf.matMul(i.x, i.weight), i.bias)] }),
  UnmaskLayerNorm: () => ({ inputs: { x: sample([6, 9]), weight: sample([9], 2), bias: sample([9], 3) }, attributes: { epsilon: 1e-5 }, reference: (i) => norm(i.x, i.weight, i.bias, 1e-5) }),
  UnmaskLayerNormGradient: () => {
    const [x, weight, bias, dy] = [sample([6, 9]), sample([9], 2), sample([9], 3), sample([6, 9], 4)];
    const [, mean, inverseStandardDeviation] = norm(x, weight, bias, 1e-5);
    return { inputs: { dy, x, weight, mean, inverseStandardDeviation }, reference: () => gradientOf(([a, w, b]) => norm(a, w, b, 1e-5)[0], [x, weight, bias], dy) };
  },
  UnmaskGelu: () => ({ inputs: { x: sample([3, 11]) }, reference: (i) => [gelu(i.x)] }),
  UnmaskGeluGradient: () => ({ inputs: { dy: sample([3, 11], 2), x: sample([3, 11]) }, reference: (i) => gradientOf(([x]) => gelu(x), [i.x], i.dy) }),
  UnmaskRmsNorm: () => ({ inputs: { x: sample([6, 9]), weight: sample([9], 2) }, attributes: { epsilon: 1e-5 }, reference: (i) => rms(i.x, i.weight, 1e-5) }),
  UnmaskRmsNormGradient: () => {
    const [x, weight, dy] = [sample([6, 9]), sample([9], 2), sample([6, 9], 4)];
    const [, inverseRoot] = rms(x, weight, 1e-5);
    return { inputs: { dy, x, weight, inverseRoot }, reference: () => gradientOf(([a, w]) => rms(a, w, 1e-5)[0], [x, weight], dy) };
  },
  UnmaskRotary: () => ({ inputs: { x: sample([2, 5, 12]), cos: tf.cos(sample([5, 2], 2)), sin: tf.sin(sample([5, 2], 2)) }, reference: (i) => [rotate(i.x, i.cos, i.sin)] }),
  'UnmaskRotary of one long sequence': () => ({ inputs: { x: sample([1, 33, 8]), cos: tf.cos(sample([33, 4], 2)), sin: tf.sin(sample([33, 4], 2)) }, reference: (i) => [rotate(i.x, i.cos, i.sin)] }),
  UnmaskSwiGlu: () => ({ inputs: { gate: tf.mul(sample([3, 11]), 20), up: sample([3, 11], 2) }, reference: (i) => [swiGlu(i.gate, i.up)] }),
  UnmaskSwiGluGradient: () => ({ inputs: { dy: sample([2, 3, 5], 3), gate: sample([2, 3, 5]), up: sample([2, 3, 5], 2) }, reference: (i) => gradientOf(([g, u]) => swiGlu(g, u), [i.gate, i.up], i.dy) }),
  UnmaskGeluTanh: () => ({ inputs: { x: sample([2, 3, 7]) }, reference: (i) => [geluTanh(i.x)] }),
  UnmaskGeluTanhGradient: () => ({ inputs: { dy: sample([3, 11], 2), x: sample([3, 11]) }, reference: (i) => gradientOf(([x]) => geluTanh(x), [i.x], i.dy) }),
  UnmaskLogSumExp: () => ({ inputs: { x: tf.concat([tf.mul(sample([4, 9]), 3), tf.fill([1, 9], 900), tf.fill([1, 9], -900)], 0) }, reference: (i) => [tf.logSumExp(i.x, 1, true)] }),
  UnmaskScaledSoftmax: () => ({ inputs: { x: sample([4, 9]), logNormalizer: sample([4, 1], 2), scale: sample([4, 1], 3) }, reference: (i) => [tf.mul(tf.exp(tf.sub(i.x, i.logNormalizer)), i.scale)] }),
  'UnmaskScaledSoftmax of a large vocabulary': () => ({ inputs: { x: sample([3, 200_000]), logNormalizer: sample([3, 1], 2), scale: sample([3, 1], 3) }, reference: (i) => [tf.mul(tf.exp(tf.sub(i.x, i.logNormalizer)), i.scale)] }),
  UnmaskAttention: () => ({ inputs: attentionInputs(3, 5), attributes: HALF, reference: (i) => attend(i, HALF) }),
  'UnmaskAttention with mask, bias, dropout and shared key heads': () => ({
    inputs: {
      ...attentionInputs(4, 4, 4),
      mask: tf.tensor4d([0, 0, -1e9, 0, 0, 0, 0, -1e9], [2, 1, 1, 4]),
      bias: sample([2, 4, 4, 4], 6),
      dropoutMask: tf.mul(2, tf.cast(tf.greater(sample([2, 4, 4, 4], 7), 0), 'float32')),
    },
    attributes: GROUPED,
    reference: (i) => attend(i, GROUPED),
  }),
  UnmaskAttentionGradient: () => attentionGradient(HALF, 8),
  'UnmaskAttentionGradient with mask, bias and shared key heads': () =>
    attentionGradient(GROUPED, 4, { mask: tf.tensor4d([0, 0, -1e9, 0, 0], [1, 1, 1, 5]), bias: sample([2, 4, 3, 5], 6) }),
  UnmaskRelativeScores: () => relativeCase({ heads: 2, scale: 0.5, transposed: 0 }, 3),
  'UnmaskRelativeScores of keys, added to others': () => relativeCase({ heads: 4, scale: 1, transposed: 1 }, 5, sample([2, 4, 5, 5], 4)),
  'UnmaskRelativeScores of one token': () => relativeCase({ heads: 1, scale: 1, transposed: 0 }, 1),
  UnmaskRelativeScoresGradient: () => relativeGradientCase({ heads: 2, scale: 0.5, transposed: 0 }, 3),
  'UnmaskRelativeScoresGradient of keys': () => relativeGradientCase({ heads: 4, scale: 1, transposed: 1 }, 5),
};

interface RelativeOptions extends Record<string, number> {
  readonly heads: number;
  readonly scale: number;
  readonly transposed: number;
}

/** scale·x_t·offsets[T + u − t] per head, the offsets picked by an index of all pairs. */
const relative = (x: tf.Tensor, offsets: tf.Tensor, { heads, scale, transposed }: RelativeOptions) => {
  const length = x.shape[1]!;
  const rows = Array.from({ length }, (_, t) => Array.from({ length }, (_, u) => length + u - t));
  const vectors = tf.reshape(tf.gather(offsets, tf.tensor2d(rows, [length, length], 'int32')), [1, length, length, heads, -1]); // [1, t, u, h, d]
  const scores = tf.sum(tf.mul(tf.reshape(x, [x.shape[0], length, 1, heads, -1]), vectors), 4); // [b, t, u, h]
  return tf.mul<tf.Tensor>(scale, tf.transpose(scores, transposed ? [0, 3, 2, 1] : [0, 3, 1, 2]));
};
const relativeInputs = (length: number) => ({ x: sample([2, length, 8]), offsets: sample([2 * length, 8], 2) });

function relativeCase(options: RelativeOptions, length: number, added?: tf.Tensor): ReturnType<FusedCase> {
  const reference = (i: Record<string, tf.Tensor>) => [added ? tf.add(relative(i.x, i.offsets, options), added) : relative(i.x, i.offsets, options)];
  return { inputs: { ...relativeInputs(length), ...(added && { added }) }, attributes: options, reference };
}

function relativeGradientCase(options: RelativeOptions, length: number): ReturnType<FusedCase> {
  const { x, offsets } = relativeInputs(length);
  const dScores = sample([2, options.heads, length, length], 3);
  return { inputs: { dScores, x, offsets }, attributes: options, reference: () => gradientOf(([a, b]) => relative(a, b, options), [x, offsets], dScores) };
}

function attentionGradient(options: typeof HALF, columns: number, added: { mask?: tf.Tensor; bias?: tf.Tensor } = {}): ReturnType<FusedCase> {
  const { query, key, value } = attentionInputs(3, 5, columns);
  const dropoutMask = tf.mul(2, tf.cast(tf.greater(sample([2, options.heads, 3, 5], 7), 0), 'float32'));
  const dContext = sample([2, 3, 8], 9);
  const { bias } = added;
  return {
    inputs: { dContext, query, key, value, dropoutMask, ...added },
    attributes: options,
    reference: () => gradientOf(([q, k, v, b]) => attend({ query: q, key: k, value: v, dropoutMask, ...added, ...(b && { bias: b }) }, options)[0], [query, key, value, ...(bias ? [bias] : [])], dContext),
  };
}
