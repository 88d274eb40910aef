export { testBackend, type BackendUnderTest } from './backend-conformance.js';
export { describeEngines, ENGINES, expectNoLeak } from './engines.js';
export { goldenInputs, padded, readGolden, setParameters, type Golden, type GoldenInputs } from './golden.js';
export { collectGradients, expectGradients } from './gradients.js';
export { bitsOf, randomParameters, sendRandomGradients } from './parameters.js';
export { fakeHub, type FakeHub } from './fake-hub.js';
export { attempt, HOSTILE_TIMEOUT, hostileRuns } from './hostile/attempt.js';
export { hostileBytes } from './hostile/bytes.js';
export { hostileJson, HOSTILE_PATTERNS } from './hostile/json.js';
