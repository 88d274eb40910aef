import { describe, expect, test } from '@jest/globals';
import { linear, Parameter, reshape } from '@unmask/tensor-core';
import { collectGradients, describeEngines } from '@unmask/testing';
import { ConfigReader } from '../config.js';
import { readActivation } from './activations.js';

const INPUTS = [-7, -1.5, -0.3, 0, 0.4, 2, 6.5];

/** Values and slopes at these by PyTorch and HF transformers (activations.py). */
const EXPECTED: Readonly<Record<string, readonly [values: readonly number[], slopes: readonly number[]]>> = {
  gelu: [[0, -0.100211, -0.114627, 0, 0.262169, 1.9545, 6.5], [0, -0.127469, 0.267672, 0.5, 0.80273, 1.085232, 1]],
  gelu_new: [[0, -0.100428, -0.114629, 0, 0.262161, 1.954598, 6.5], [0, -0.127711, 0.267705, 0.5, 0.802659, 1.086099, 1]],
  quick_gelu: [[-4.7e-05, -0.108338, -0.112516, 0, 0.265567, 1.935659, 6.499898], [-7.3e-05, -0.098848, 0.255374, 0.5, 0.815825, 1.073815, 1.000158]],
  relu: [[0, 0, 0, 0, 0.4, 2, 6.5], [0, 0, 0, 0, 1, 1, 1]],
  relu2: [[0, 0, 0, 0, 0.16, 4, 42.25], [0, 0, 0, 0, 0.8, 4, 13]],
  relu6: [[0, 0, 0, 0, 0.4, 2, 6], [0, 0, 0, 0, 1, 1, 0]],
  leaky_relu: [[-0.07, -0.015, -0.003, 0, 0.4, 2, 6.5], [0.01, 0.01, 0.01, 0.01, 1, 1, 1]],
  silu: [[-0.006377, -0.273638, -0.127667, 0, 0.239475, 1.761594, 6.490242], [-0.00546, -0.041294, 0.35222, 0.5, 0.694792, 1.090784, 1.008242]],
  mish: [[-0.00638, -0.2981, -0.151133, 0, 0.289031, 1.943959, 6.499971], [-0.005466, -0.064098, 0.408511, 0.6, 0.837018, 1.069318, 1.000054]],
  tanh: [[-0.999998, -0.905148, -0.291313, 0, 0.379949, 0.964028, 0.999995], [3e-06, 0.180707, 0.915137, 1, 0.855639, 0.070651, 9e-06]],
  sigmoid: [[0.000911, 0.182426, 0.425557, 0.5, 0.598688, 0.880797, 0.998499], [0.00091, 0.149146, 0.244458, 0.25, 0.240261, 0.104994, 0.001499]],
  linear: [[-7, -1.5, -0.3, 0, 0.4, 2, 6.5], [1, 1, 1, 1, 1, 1, 1]],
};
const ALIASES: Readonly<Record<string, string>> = {
  gelu_python: 'gelu', gelu_fast: 'gelu_new', gelu_accurate: 'gelu_new', gelu_pytorch_tanh: 'gelu_new', gelu_python_tanh: 'gelu_new', swish: 'silu',
};

describeEngines('the activations that config.json names', () => {
  describe.each([...Object.keys(EXPECTED).map((name) => [name, name]), ...Object.entries(ALIASES)])('%s', (name, same) => {
    test('has the values and slopes of PyTorch', () => {
      const activation = readActivation(new ConfigReader({ hidden_act: name }), 'hidden_act');
      const x = new Parameter([INPUTS.length], Float32Array.from(INPUTS));
      const sum = new Parameter([1, INPUTS.length], 1);
      let values: readonly number[] = [];
      const { gradients } = collectGradients(() => {
        const y = activation(reshape(x, [1, INPUTS.length]));
        values = [...y.dataSync()];
        return reshape(linear(y, sum), []);
      });
      const slopes = gradients.get(x)!;
      EXPECTED[same][0].forEach((value, index) => expect(values[index]).toBeCloseTo(value, 4));
      EXPECTED[same][1].forEach((slope, index) => expect(slopes[index]).toBeCloseTo(slope, 4));
      for (const parameter of [x, sum]) parameter.dispose();
    });
  });
});
