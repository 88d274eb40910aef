import { expect, test } from '@jest/globals';
import { collectGradients, describeEngines, expectGradients, expectNoLeak } from '@unmask/testing';
import { crossEntropy, type CrossEntropyOptions, labelLogProbabilities, meanSquaredError, multiply, Parameter, tf } from '../index.js';

const LOGITS = [0.5, -1, 2, 1.5, 0.25, -0.75, -2, 1, 0, 3, 3, -1];
const LABELS = [2, -100, 0, 1];

describeEngines('losses', () => {
  // torch.nn.functional.cross_entropy of the same numbers
  test.each<[CrossEntropyOptions, number, number[]]>([
    [{ smoothing: 0.1 }, 1.4697511, [0.047319, 0.0019264, -0.0492454, 0, 0, 0, -0.2994047, 0.2240171, 0.0753877, 0.1540431, -0.1459569, -0.0080862]],
    [{ classWeights: [1, 0.5, 3] }, 0.9831284, [0.1168603, 0.026075, -0.1429353, 0, 0, 0, -0.214418, 0.1567521, 0.0576659, 0.0550514, -0.0560597, 0.0010083]],
    [{ smoothing: 0.2, classWeights: [1, 0.5, 3] }, 1.1837864, [0.0903594, 0.0160601, -0.1064196, 0, 0, 0, -0.1840079, 0.1650199, 0.018988, 0.0622572, -0.0192243, -0.0430328]],
  ])("crossEntropy with %j is PyTorch's", (options, value, gradient) => {
    expectNoLeak(() => {
      const logits = new Parameter([4, 3], Float32Array.from(LOGITS));
      const { loss, gradients } = collectGradients(() => crossEntropy(multiply(logits, tf.ones([4, 3])), tf.tensor1d(LABELS, 'int32'), options));
      expect(loss).toBeCloseTo(value, 5);
      [...gradients.get(logits)!].forEach((each, index) => expect(each).toBeCloseTo(gradient[index], 5));
      logits.dispose();
    });
  });

  test('labelLogProbabilities gives a value for each row, and its gradients equal finite differences', () => {
    expectNoLeak(() => {
      const logits = new Parameter([4, 3], Float32Array.from(LOGITS));
      const probabilities = () => labelLogProbabilities(multiply(logits, tf.ones([4, 3])), tf.tensor1d(LABELS, 'int32'));
      const values = tf.tidy(() => probabilities().dataSync());
      expect([...values].map((value) => Number(value.toFixed(4)))).toEqual([-0.2413, 0, -3.349, -0.7023]);
      expectGradients([logits], () => meanSquaredError(probabilities(), tf.tensor1d([0.3, 1, -0.7, 0.2])));
      logits.dispose();
    });
  });
});
