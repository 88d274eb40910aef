export { describeEngines, ENGINES, expectNoLeak } from './engines.js';
export { collectGradients, expectGradients } from './gradients.js';
