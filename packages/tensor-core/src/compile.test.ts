import { expect, test } from '@jest/globals';
import { collectGradients, describeEngines, expectNoLeak, randomParameters } from '@unmask/testing';
import { add, compile, dropout, gelu, hostValues, linear, meanSquaredError, multiply, type Parameter, Random, selectBackend, streamGradients, tf } from './index.js';

/** Two layers with dropout and a tied weight. */
function loss([first, second]: readonly Parameter[], rows = 2, random = new Random(7)): tf.Tensor {
  const x = tf.reshape(tf.range(0, rows * 4), [rows, 4]);
  const hidden = gelu(linear(dropout(gelu(linear(x, first)), 0.3, random), second));
  return meanSquaredError(add(linear(hidden, first), hidden), tf.zeros([rows, 4]));
}

const parameters = () => randomParameters([[4, 4], [4, 4]], 'compile');

describeEngines('compile', (engine) => {
  test('gives the bits of the step itself, whatever the lengths and the dropout', () => {
    const given = parameters();
    const step = (rows: number, seed: number) => {
      const { loss: value, gradients } = collectGradients(() => loss(given, rows, new Random(seed)));
      return [value, ...given.map((parameter) => [...gradients.get(parameter)!])];
    };
    const compiled = compile(step);
    for (const [rows, seed] of [[2, 7], [5, 7], [2, 8], [1, 1]]) expect(compiled(rows, seed)).toEqual(step(rows, seed));
    for (const parameter of given) parameter.dispose();
  });

  test('frees everything, also what nobody reads and what a failing step leaves', () => {
    const given = parameters();
    const compiled = compile((fails: boolean) => {
      const value = streamGradients(() => loss(given), () => {
        if (fails) throw new Error('the sink gave up');
      });
      value.dispose();
    });
    expectNoLeak(() => {
      compiled(false);
      expect(() => compiled(true)).toThrow('the sink gave up');
      compiled(false);
    });
    for (const parameter of given) parameter.dispose();
  });

  test('a change of a parameter comes after what was computed with its old values', () => {
    const [weight] = randomParameters([[2, 2]], 'compile');
    const old = [...weight.read()];
    const compiled = compile(() => {
      const doubled = multiply(weight, tf.scalar(2));
      weight.modify((values) => values.fill(0));
      return [doubled, multiply(weight, tf.scalar(2))];
    });
    const [before, after] = tf.tidy(() => compiled().map((tensor) => [...tensor.dataSync()]));
    expect(before).toEqual(old.map((value) => Math.fround(value * 2)));
    expect(after).toEqual([0, 0, 0, 0]);
    weight.dispose();
  });

  test('reads a tensor that is freed before the values are wanted', () => {
    const compiled = compile(() =>
      tf.tidy(() => {
        const source = tf.tensor1d([1, 2, 3]);
        const negated = tf.neg(source);
        source.dispose();
        const reused = tf.tensor1d([7, 7, 7]);
        return tf.add(negated, reused);
      }),
    );
    const sum = compiled();
    expect([...sum.dataSync()]).toEqual([6, 5, 4]);
    sum.dispose();
  });

  test('refuses a step that is not synchronous', () => {
    expect(() => compile(() => Promise.resolve(1))()).toThrow('compile() takes a synchronous step');
  });

  if (engine === 'onnxruntime') return;
  test('says that the engine runs each kernel at once', () => {
    const compiled = compile(() => tf.tidy(() => tf.neg(tf.scalar(1)).dataSync()[0]));
    expect(compiled()).toBe(-1);
    expect([...compiled.report.interruptions.keys()]).toEqual([expect.stringContaining('runs each kernel at once')]);
  });
});

test('kernels of a step run as few graphs, which serve all lengths', async () => {
  await selectBackend('onnxruntime');
  const given = parameters();
  const compiled = compile((rows: number) => streamGradients(() => loss(given, rows), (_, { tensor }) => hostValues(tensor)).dispose());
  compiled(2);
  const { compiled: graphs, kernels } = compiled.report;
  expect(kernels).toBeGreaterThan(3 * graphs);
  for (const rows of [3, 4, 9]) compiled(rows);
  expect(compiled.report.compiled).toBe(graphs);
  for (const parameter of given) parameter.dispose();
});

test('what runs on the host ends a graph, and the report says so', async () => {
  await selectBackend('onnxruntime');
  const compiled = compile(() => tf.tidy(() => tf.tile(tf.neg(tf.tensor1d([1, 2])), [2]).dataSync()));
  expect([...compiled()]).toEqual([-1, -2, -1, -2]);
  expect(Object.fromEntries(compiled.report.interruptions)).toEqual({ 'Tile runs on the host': 1 });
});
