import '@tensorflow/tfjs-backend-cpu';

/**
 * TensorFlow.js enters the project here and nowhere else (backends apart): every other package writes
 * `import { tf } from '@unmask/tensor-core'`, so one engine instance serves them all. It is the core and the processor's
 * backend alone, a fifth of the union package `@tensorflow/tfjs`; gradients are this package's own. Who wants layers models,
 * or TensorFlow.js's own gradients of its operations, imports `@tensorflow/tfjs` besides: it registers them in the same core.
 */
export * as tf from '@tensorflow/tfjs-core';
