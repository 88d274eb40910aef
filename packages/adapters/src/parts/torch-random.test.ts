import { expect, test } from '@jest/globals';
import { TorchRandom } from './torch-random.js';

test('draws what PyTorch draws', () => {
  expect([...new TorchRandom(0).permutation(10, 10)]).toEqual(RANDPERM);
  const uniform = new TorchRandom(3).uniform(3, 1);
  UNIFORM.forEach((value, index) => expect(uniform[index]).toBe(Math.fround(value)));
});

// What PyTorch 2.15 prints:
// torch.randperm(10, generator=torch.Generator().manual_seed(0))
const RANDPERM = [4, 1, 7, 5, 3, 9, 0, 8, 6, 2];
// torch.empty(3).uniform_(-1, 1, generator=torch.Generator().manual_seed(3))
const UNIFORM = [-0.9914729595184326, -0.7888612747192383, -0.42831504344940186];
