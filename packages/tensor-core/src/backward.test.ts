import { describe, expect, test } from '@jest/globals';
import { describeEngines, expectNoLeak } from '@unmask/testing';
import {
  add, embedding, gelu, GradientAccumulator, hostMemory, linear, meanSquaredError, Module, Linear, Parameter, Random, record, reshape, streamGradients, tf,
  type GradientSink,
} from './index.js';

const random = new Random('backward');
const values = (size: number) => Float32Array.from({ length: size }, () => random.normal());

class Network extends Module {
  readonly first = new Linear(4, 8);
  readonly second = new Linear(8, 4);

  constructor() {
    super();
    for (const parameter of this.nameParameters().parameters()) parameter.modify((array) => array.set(values(array.length)));
  }

  loss(inputs: readonly number[]): tf.Tensor {
    const x = tf.tensor2d([...inputs], [inputs.length / 4, 4]);
    return meanSquaredError(reshape(this.second.forward(gelu(this.first.forward(x))), [-1]), tf.zeros([inputs.length]));
  }
}

/** A sink that copies what it is given. */
function collector(): { sink: GradientSink; found: Map<string, number[]> } {
  const found = new Map<string, number[]>();
  return { found, sink: (parameter, { tensor, rows }) => found.set(parameter.name, [...(rows ?? []), ...tensor.dataSync()]) };
}

describeEngines('streamGradients', () => {
  test('delivers each parameter once, last layer first, and frees everything', () => {
    const network = new Network();
    expectNoLeak(() => {
      const order: string[] = [];
      streamGradients(() => network.loss([1, 2, 3, 4]), ({ name }) => order.push(name)).dispose();
      expect(order).toEqual(['second.weight', 'second.bias', 'first.weight', 'first.bias']);
    });
    network.dispose();
  });

  test('has at most one layer of gradients alive at a time', () => {
    const layers = Array.from({ length: 6 }, () => new Parameter([64, 64], values(64 * 64)));
    const alive: number[] = [];
    const before = tf.memory().numBytes;
    streamGradients(
      () => {
        let x: tf.Tensor = tf.ones([1, 64]);
        for (const layer of layers) x = linear(x, layer);
        return meanSquaredError(x, tf.zeros([1, 64]));
      },
      () => alive.push(tf.memory().numBytes - before),
    ).dispose();
    expect(Math.max(...alive)).toBeLessThan(2 * 64 * 64 * 4);
    for (const layer of layers) layer.dispose();
  });

  test('computes what the sink needs alone: nothing below the lowest wanted parameter, and single entries where few are wanted', () => {
    expectNoLeak(() => {
      const layers = Array.from({ length: 3 }, () => new Parameter([16, 16], values(16 * 16)));
      const backwards: number[] = [];
      const run = (sink: GradientSink) =>
        streamGradients(() => {
          let x: tf.Tensor = tf.ones([2, 16]);
          layers.forEach((layer, index) => {
            const doubled = tf.mul(linear(x, layer), 2);
            const input = x;
            x = record(doubled, [input, layer], [input], (dy, [saved], needed) => {
              backwards.push(index);
              const dw = tf.mul(tf.matMul(dy as tf.Tensor2D, saved as tf.Tensor2D, true, false), 2);
              return [needed[0] ? tf.mul(tf.matMul(dy as tf.Tensor2D, layer.tensor as tf.Tensor2D), 2) : undefined, dw];
            });
          });
          return meanSquaredError(linear(x, layers[2]), tf.zeros([2, 16]));
        }, sink).dispose();
      const found = new Map<Parameter, number[]>();
      const all: GradientSink = (parameter, { tensor }) => void found.set(parameter, [...tensor.dataSync()]);
      run(all);
      expect(backwards).toEqual([2, 1, 0]);
      const full = new Map(found);
      found.clear();
      backwards.length = 0;
      run(Object.assign((...args: Parameters<GradientSink>) => all(...args), { needs: (parameter: Parameter) => (parameter === layers[1] ? 'all' as const : 'nothing' as const) }));
      expect(backwards).toEqual([2, 1]);
      expect([...found]).toEqual([[layers[1], full.get(layers[1])]]);
      for (const layer of layers) layer.dispose();

      const weight = new Parameter([16, 20], values(16 * 20));
      const entries = Int32Array.of(3, 130, 255);
      for (const transposed of [false, true]) {
        const input = tf.tensor2d(values(3 * 20).subarray(0, transposed ? 3 * 16 : 3 * 20), [3, transposed ? 16 : 20]);
        const gradientOf = (needs: GradientSink['needs']) => {
          let gradient: { values: number[]; entries: Int32Array | undefined } | undefined;
          const sink: GradientSink = (_, { tensor, entries }) => void (gradient = { values: [...tensor.dataSync()], entries });
          const loss = () => meanSquaredError(linear(input, weight, undefined, { transposed }), tf.zeros([3, transposed ? 20 : 16]));
          streamGradients(loss, needs ? Object.assign(sink, { needs }) : sink).dispose();
          return gradient!;
        };
        const few = gradientOf(() => entries);
        expect(few.entries).toBe(hostMemory(input) && entries); // an engine with memory of its own multiplies faster than it downloads
        few.values.forEach((value, i) => expect(value).toBeCloseTo(gradientOf(undefined).values[few.entries?.[i] ?? i], 5));
        input.dispose();
      }
      weight.dispose();
    });
  });

  test('sums the uses of a tied parameter before it delivers them', () => {
    expectNoLeak(() => {
      const table = new Parameter([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
      table.name = 'table';
      const { sink, found } = collector();
      // Σ over the table of (table·e₀)² with e₀ = row 0: read once by id and once as a matrix.
      streamGradients(() => meanSquaredError(linear(embedding(tf.tensor1d([0], 'int32'), table), table), tf.zeros([1, 3])), sink).dispose();
      // y = [5, 11, 17]; dy = 2y/3; d/dtable = dy ⊗ e₀, and row 0 also receives Σ dy_i·row_i.
      const dy = [10 / 3, 22 / 3, 34 / 3];
      const own = [0, 1].map((column) => dy.reduce((sum, slope, row) => sum + slope * [1, 2, 3, 4, 5, 6][row * 2 + column], 0));
      const expected = dy.flatMap((slope, row) => [slope * 1 + (row === 0 ? own[0] : 0), slope * 2 + (row === 0 ? own[1] : 0)]);
      found.get('table')!.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 3));
      table.dispose();
    });
  });

  test('skips frozen parameters and what lies before them', () => {
    const network = new Network();
    network.first.weight.trainable = false;
    network.second.bias!.trainable = false;
    const { sink, found } = collector();
    streamGradients(() => network.loss([1, 2, 3, 4]), sink).dispose();
    expect([...found.keys()]).toEqual(['second.weight', 'first.bias']);
    network.dispose();
  });

  test('frees everything when the sink or the forward pass throws', () => {
    const network = new Network();
    expectNoLeak(() => {
      expect(() => streamGradients(() => network.loss([1, 2, 3, 4]), () => { throw new Error('sink'); })).toThrow('sink');
      expect(() => streamGradients(() => { network.loss([1, 2, 3, 4]); throw new Error('forward'); }, () => undefined)).toThrow('forward');
    });
    network.dispose();
  });

  test('repeats its bits', () => {
    const network = new Network();
    const runs = [0, 1].map(() => {
      const { sink, found } = collector();
      streamGradients(() => network.loss([1, 2, 3, 4, 5, 6, 7, 8]), sink).dispose();
      return [...found];
    });
    expect(runs[0]).toEqual(runs[1]);
    network.dispose();
  });

  test('accumulated micro-batches equal one batch', () => {
    const network = new Network();
    const [one, two] = [collector(), collector()];
    expectNoLeak(() => {
      streamGradients(() => network.loss([1, 2, 3, 4, 5, 6, 7, 8]), one.sink).dispose();
      const accumulator = new GradientAccumulator(two.sink);
      streamGradients(() => network.loss([1, 2, 3, 4]), accumulator.add, { scale: 0.5 }).dispose();
      streamGradients(() => network.loss([5, 6, 7, 8]), accumulator.last, { scale: 0.5 }).dispose();
      accumulator.flush();
    });
    for (const [name, expected] of one.found) {
      two.found.get(name)!.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 3));
    }
    network.dispose();
  });

  test('accumulates the rows of a table, and flushes what the last micro-batch missed', () => {
    expectNoLeak(() => {
      const tables = ['seen', 'missed'].map((name) => Object.assign(new Parameter([5, 2], values(10)), { name }));
      const { sink, found } = collector();
      const loss = (table: Parameter, ids: number[]) => () =>
        meanSquaredError(reshape(embedding(tf.tensor1d(ids, 'int32'), table), [-1]), tf.zeros([ids.length * 2]));
      const accumulator = new GradientAccumulator(sink);
      streamGradients(loss(tables[1], [3]), accumulator.add).dispose();
      streamGradients(loss(tables[0], [1, 4]), accumulator.add).dispose();
      streamGradients(loss(tables[0], [4, 0]), accumulator.last).dispose();
      accumulator.flush();
      expect(found.get('seen')!.slice(0, 3)).toEqual([0, 1, 4]);
      expect(found.get('missed')!.slice(0, 1)).toEqual([3]);
      for (const table of tables) table.dispose();
    });
  });
});

test('accumulation leaves out what its target does not need, and frees what it holds', () => {
  expectNoLeak(() => {
    const network = new Network();
    const [wanted] = network.parameters();
    const received: Parameter[] = [];
    const target = Object.assign((parameter: Parameter) => void received.push(parameter), { needs: (parameter: Parameter) => (parameter === wanted ? ('all' as const) : ('nothing' as const)) });
    const accumulator = new GradientAccumulator(target);
    streamGradients(() => network.loss([1, 2, 3, 4]), accumulator.add).dispose();
    accumulator.flush();
    expect(received).toEqual([wanted]);
    streamGradients(() => network.loss([1, 2, 3, 4]), accumulator.add).dispose();
    accumulator.dispose();
    expect(received).toEqual([wanted]);
    network.dispose();
  });
});

describe('streamGradients refuses', () => {
  test('a loss that is no scalar or depends on no parameter', () => {
    const weight = new Parameter([2, 2]);
    expectNoLeak(() => {
      expect(() => streamGradients(() => linear(tf.ones([1, 2]), weight), () => undefined)).toThrow('the loss must be a scalar, not of shape [1, 2]');
      expect(() => streamGradients(() => add(tf.scalar(1), tf.scalar(2)), () => undefined)).toThrow('depends on no trainable parameter');
    });
    weight.dispose();
  });
});
