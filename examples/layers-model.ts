/**
 * Trains a TensorFlow.js layers model with ID³: of its 2,244 weights 100 are trained, the rest stays as it was.
 *   npx tsx --conditions=@unmask/source examples/layers-model.ts
 */
import { selective, SelectiveOptimizer, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import * as tf from '@tensorflow/tfjs';

const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 64, activation: 'relu', inputShape: [32], kernelInitializer: tf.initializers.heNormal({ seed: 1 }) }),
    tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.heNormal({ seed: 2 }) }),
    tf.layers.dense({ units: 1, useBias: false, kernelInitializer: tf.initializers.heNormal({ seed: 3 }) }),
  ],
});
const x = tf.randomNormal([256, 32], 0, 1, 'float32', 4);
const y = tf.sum(tf.slice(x, [0, 0], [-1, 4]), 1, true); // depends on four of the inputs

const [epochs, batchSize] = [20, 32];
const steps = epochs * Math.ceil(256 / batchSize);
const strategy = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget: 100, steps }) });
const optimizer = new SelectiveOptimizer(strategy, 0.01);
model.compile({ optimizer, loss: 'meanSquaredError' });
const { history } = await model.fit(x, y, { epochs, batchSize, verbose: 0 });

console.log(`loss ${(history.loss[0] as number).toFixed(3)} → ${(history.loss.at(-1) as number).toFixed(3)}`);
console.log(`${optimizer.training.unmaskedEntries} of ${model.countParams()} weights trained, in ${optimizer.training.gradientUpdates} updates`);
