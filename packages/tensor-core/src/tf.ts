/**
 * TensorFlow.js enters the project here and nowhere else (backends apart): every other package writes
 * `import { tf } from '@unmask/tensor-core'`, so one engine instance serves them all.
 */
export * as tf from '@tensorflow/tfjs';
