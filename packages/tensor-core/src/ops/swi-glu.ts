import { fused } from '../fused.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * The gated unit silu(gate)·up, with silu(g) = g·σ(g) (Shazeer 2020, SwiGLU).
 * dGate = dy·up·σ(g)·(1 + g·(1 − σ(g))), dUp = dy·silu(gate).
 * @param gate any shape
 * @param up the same shape
 */
export function swiGlu(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  const output = fused('UnmaskSwiGlu', { gate, up }, {}, () => tf.mul<tf.Tensor>(tf.mul(gate, tf.sigmoid(gate)), up));
  return record(output, [gate, up], [gate, up], (dy, saved) => {
    const [g, u] = saved as [tf.Tensor, tf.Tensor];
    return fused<[tf.Tensor, tf.Tensor]>('UnmaskSwiGluGradient', { dy, gate: g, up: u }, {}, () => {
      const sigmoid = tf.sigmoid(g);
      const slope = tf.mul(sigmoid, tf.add(1, tf.mul(g, tf.sub(1, sigmoid))));
      return [tf.mul(tf.mul(dy, u), slope), tf.mul(dy, tf.mul(g, sigmoid))];
    });
  });
}
