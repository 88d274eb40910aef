export { inspect, type Inspection } from './inspect.js';
export { groupTensors, patternOf, type TensorFacts, type TensorGroup } from './tensors.js';
