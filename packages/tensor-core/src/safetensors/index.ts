export { openCheckpoint, type Checkpoint } from './checkpoint.js';
export { toBfloat16 } from './convert.js';
export { SafetensorsFile } from './file.js';
export type { Dtype, TensorEntry } from './header.js';
export { classFields, copyCompanions, makeFolder } from './model-folder.js';
export { writeSafetensors, type TensorData, type WritableTensor } from './write.js';
