import { expect, test } from '@jest/globals';
import { collectGradients, describeEngines, expectNoLeak, randomParameters } from '@unmask/testing';
import { add, dropout, gelu, linear, meanSquaredError, type Parameter, Random, recompute, streamGradients, tf } from './index.js';

type Run = (inputs: readonly tf.Tensor[], compute: (inputs: readonly tf.Tensor[]) => tf.Tensor, random?: Random) => tf.Tensor;
const direct: Run = (inputs, compute) => compute(inputs);

/** Three layers with dropout, the first weight used by the third one as well, and a side input that depends on a parameter. */
function loss(run: Run, [first, second, side]: readonly Parameter[], random = new Random(7)): tf.Tensor {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
  const shared = linear(tf.ones([2, 4]), side);
  const layer = (hidden: tf.Tensor, weight: Parameter) =>
    run([hidden, shared], ([input, extra]) => add(dropout(gelu(linear(input, weight)), 0.3, random), extra), random);
  return meanSquaredError(layer(layer(layer(x, first), second), first), tf.zeros([2, 4]));
}

const parameters = () => randomParameters([[4, 4], [4, 4], [4, 4]], 'recompute');

describeEngines('recompute', () => {
  test('gives the bits of the pass that keeps everything, with tied weights, dropout and side inputs', () => {
    const given = parameters();
    const [kept, again] = [direct, recompute].map((run) => {
      const { loss: value, gradients } = collectGradients(() => loss(run, given));
      return [value, ...given.map((parameter) => [...gradients.get(parameter)!])];
    });
    expect(again).toEqual(kept);
    for (const parameter of given) parameter.dispose();
  });

  test('leaves the generator where the direct pass leaves it', () => {
    const given = parameters();
    const [one, two] = [new Random(3), new Random(3)];
    for (const [run, random] of [[direct, one], [recompute, two]] as const) streamGradients(() => loss(run, given, random), () => undefined).dispose();
    expect(two.state).toEqual(one.state);
    for (const parameter of given) parameter.dispose();
  });

  test('computes the gradients that the sink needs alone', () => {
    const given = parameters();
    given[1].trainable = false;
    const delivered: string[] = [];
    const sink = Object.assign(({ name }: Parameter) => void delivered.push(name), {
      needs: ({ name }: Parameter) => (name === given[2].name ? ('nothing' as const) : ('all' as const)),
    });
    expectNoLeak(() => streamGradients(() => loss(recompute, given), sink).dispose());
    expect(delivered).toEqual([given[0].name]);
    for (const parameter of given) parameter.dispose();
  });

  test('keeps no activation of its inside between the passes', () => {
    const [weight] = randomParameters([[64, 64]], 'memory');
    const bytesAfterForward = (run: Run) => {
      let bytes = 0;
      streamGradients(
        () => {
          let x: tf.Tensor = tf.ones([32, 64]);
          for (let count = 0; count < 4; count++) {
            const input = x;
            x = tf.tidy(() => run([input], ([hidden]) => gelu(linear(gelu(linear(hidden, weight)), weight))));
          }
          bytes = tf.memory().numBytes;
          return meanSquaredError(x, tf.zeros([32, 64]));
        },
        () => undefined,
      ).dispose();
      return bytes - weight.size * 4;
    };
    expect(bytesAfterForward(recompute)).toBeLessThan(0.5 * bytesAfterForward(direct));
    weight.dispose();
  });

  test('outside of a backward pass it only computes', () => {
    expectNoLeak(() => tf.tidy(() => expect([...recompute([tf.tensor1d([1, 2])], ([x]) => tf.mul(x, 2)).dataSync()]).toEqual([2, 4])));
  });
});
