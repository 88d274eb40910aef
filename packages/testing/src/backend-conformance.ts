import { beforeAll, describe, expect, test } from '@jest/globals';
import { compile, crossEntropy, gelu, LayerNorm, Linear, Module, selectBackend, streamGradients, tf } from '@unmask/tensor-core';
import { BACKEND_CASES, FUSED_CASES, sample, values } from './backend-cases.js';
import { expectNoLeak } from './engines.js';

/** A tensor's shape, element type and values, free of any engine. */
interface Snapshot {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

const snapshot = (tensor: tf.Tensor): Snapshot => ({ shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] });

/** Computes on an engine, compiled or not, and leaves no tensor behind. */
async function on(engine: string, compute: () => tf.Tensor | tf.Tensor[], compiled = false): Promise<Snapshot[]> {
  await selectBackend(engine);
  return expectNoLeak(() => {
    const outputs = [tf.tidy(compiled ? compile(compute) : compute)].flat();
    const snapshots = outputs.map(snapshot);
    tf.dispose(outputs);
    return snapshots;
  });
}

function expectClose(actual: readonly Snapshot[], expected: readonly Snapshot[]): void {
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(expected.map(({ shape, dtype }) => ({ shape, dtype })));
  actual.forEach((tensor, index) =>
    tensor.values.forEach((value, position) => {
      const target = expected[index].values[position];
      const close = Object.is(value, target) || value === target || Math.abs(value - target) <= 1e-4 * (1 + Math.abs(target));
      if (!close) throw new Error(`output ${index}, entry ${position}: ${value} is not ${target}`);
    }),
  );
}

class Network extends Module {
  readonly first = new Linear(6, 16);
  readonly norm = new LayerNorm(16, 1e-5);
  readonly second = new Linear(16, 3);

  constructor() {
    super();
    for (const parameter of [this.first.weight, this.second.weight]) parameter.modify((array) => array.set(values(array.length)));
  }

  loss(): tf.Tensor {
    return crossEntropy(this.second.forward(this.norm.forward(gelu(this.first.forward(sample([5, 6]))))), tf.tensor1d([0, 1, 2, 0, 1], 'int32'));
  }
}

/** What {@link testBackend} needs to know of an engine. */
export interface BackendUnderTest {
  /** A name that selectBackend takes. */
  readonly name: string;
  /** Cases that this engine cannot pass, and why. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Whether everything runs under `compile`. */
  readonly compiled?: boolean;
  /** Whether its hardware is here; else its tests count as skipped. */
  readonly available?: boolean;
  /** Training steps of the leak test; 1,000 by default. */
  readonly steps?: number;
}

/** The conformance suite: an engine computes what tfjs's cpu backend computes, frees what it makes, and keeps what it gave away. */
export function testBackend({ name, skip = {}, compiled = false, available = true, steps = 1000 }: BackendUnderTest): void {
  const suite = available ? describe : describe.skip;
  const title = compiled ? `${name}, compiled,` : name;
  suite(`${title} computes what cpu computes`, () => {
    for (const [operation, compute] of Object.entries(BACKEND_CASES)) {
      (operation in skip ? test.skip : test)(operation, async () => expectClose(await on(name, compute, compiled), await on('cpu', compute)));
    }
  });

  suite(`fused kernels of ${title}`, () => {
    test.each(Object.keys(FUSED_CASES))('%s', async (operation) => {
      const kernel = operation.split(' ')[0];
      await selectBackend(name);
      if (!tf.getKernel(kernel, tf.getBackend())) return; // composed of the kernels above on this engine
      const actual = await on(name, () => {
        const { inputs, attributes = {} } = FUSED_CASES[operation]();
        return tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(kernel, inputs, attributes);
      }, compiled);
      const expected = await on('cpu', () => {
        const { inputs, reference } = FUSED_CASES[operation]();
        return reference(inputs);
      });
      expectClose(actual, expected);
    });
  });

  suite(`memory of ${title}`, () => {
    beforeAll(() => selectBackend(name));

    test('what shares memory outlives its source', () => {
      tf.tidy(() => {
        const kept = tf.tidy(() => {
          const source = tf.add(sample([64, 64]), 0);
          return [tf.reshape(source, [4096]), tf.slice(source, [0, 0], [32, 64]), tf.clone(source)];
        });
        for (let round = 0; round < 5; round++) tf.tidy(() => tf.mul(sample([64, 64], 5), 3));
        const expected = [...values(4096)];
        expect([...kept[0].dataSync()]).toEqual(expected);
        expect([...kept[1].dataSync()]).toEqual(expected.slice(0, 2048));
        expect([...kept[2].dataSync()]).toEqual(expected);
      });
    });

    test('an array that dataSync gave away never changes, nor does one that the user gave', () => {
      const given = values(4096);
      const before = [...given];
      const read = tf.tidy(() => tf.add(tf.tensor1d(given), 1).dataSync());
      const expected = [...read];
      for (let round = 0; round < 5; round++) tf.tidy(() => tf.mul(sample([4096], 5), 3).dataSync());
      expect([...read]).toEqual(expected);
      expect([...given]).toEqual(before);
    });

    test(`${steps} training steps leak nothing and repeat their bits`, () => {
      const network = new Network();
      const losses = new Set<number>();
      const trainingStep = () => {
        const loss = streamGradients(() => network.loss(), () => undefined);
        losses.add(loss.dataSync()[0]);
        loss.dispose();
      };
      expectNoLeak(() => {
        const run = compiled ? compile(trainingStep) : trainingStep;
        for (let step = 0; step < steps; step++) run();
      });
      expect(losses.size).toBe(1);
      network.dispose();
    });
  });
}
