import { expect, test } from '@jest/globals';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import type { Parameter } from '@unmask/tensor-core';
import { bitsOf, randomParameters, sendRandomGradients } from '@unmask/testing';
import { cosine, increment, repeat, selective, type SelectiveOptions, type SelectiveTraining } from '../index.js';

const SHAPES = [[6, 5], [4], [3, 7]];
const STEPS = 9;
const model = () => randomParameters(SHAPES, 2);
function trainStep(training: SelectiveTraining, parameters: Parameter[], step: number): void {
  sendRandomGradients(training.sink, parameters, `step ${step}`);
  training.step(0.01);
}

test.each<[string, Partial<SelectiveOptions>]>([
  ['a growing mask', {}],
  ['global bias correction and a clipped norm', { biasCorrection: 'global', clip: { norm: 0.3, of: 'full' } }],
  ['a share a tensor', { per: 'tensor' }],
  ['a mask that is renewed', { schedule: repeat({ budget: 12 }) }],
])('continues bit for bit from any step: %s', (_, options) => {
  const strategy = selective(adamw(), { metric: d3(), schedule: increment({ budget: 30, steps: STEPS, pacing: cosine }), dense: ({ name }) => name === 'p1.weight', ...options });
  const whole = model();
  const training = strategy.bind(whole);
  const states = [training.state()];
  for (let step = 1; step <= STEPS; step++) {
    trainStep(training, whole, step);
    states.push(training.state());
  }
  states.forEach((state, done) => {
    const resumed = model();
    const again = strategy.bind(resumed);
    again.restore(state);
    for (let step = done + 1; step <= STEPS; step++) trainStep(again, resumed, step);
    expect(bitsOf(resumed)).toEqual(bitsOf(whole));
    expect(again.delta()).toEqual(training.delta());
    expect([again.steps, again.gradientUpdates, again.unmaskedEntries, again.touchedEntries]).toEqual([STEPS, training.gradientUpdates, training.unmaskedEntries, training.touchedEntries]);
  });
});

test('refuses a state of another model, optimizer or bias correction, and changes nothing', () => {
  const options: SelectiveOptions = { metric: d3(), schedule: increment({ budget: 20, steps: STEPS, pacing: cosine }) };
  const parameters = model();
  const training = selective(adamw(), options).bind(parameters);
  trainStep(training, parameters, 1);
  const state = training.state();
  const refuse = (other: SelectiveOptions, message: string, slots = 2) => {
    const fresh = model();
    const before = bitsOf(fresh);
    expect(() => selective({ ...adamw(), slots }, other).bind(fresh).restore(state)).toThrow(message);
    expect(bitsOf(fresh)).toEqual(before);
  };
  refuse({ ...options, scope: ({ name }) => name !== 'p0.weight' }, 'p0.weight is not among the parameters to select from');
  refuse({ ...options, biasCorrection: 'global' }, 'another biasCorrection');
  refuse(options, 'the update rule keeps 1', 1);
  refuse({ ...options, dense: ({ name }) => name === 'p1.weight' }, 'does not fit');
});
