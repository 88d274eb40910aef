export { testBackend, type BackendUnderTest } from './backend-conformance.js';
export { describeEngines, ENGINES, expectNoLeak } from './engines.js';
export { goldenInputs, padded, readGolden, setParameters, type Golden, type GoldenInputs } from './golden.js';
export { collectGradients, expectGradients } from './gradients.js';
export { bitsOf, randomParameters, sendRandomGradients } from './parameters.js';
export { fakeHub, type FakeHub } from './fake-hub.js';
