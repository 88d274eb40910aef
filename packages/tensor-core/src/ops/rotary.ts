import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Rotary positions (Su et al. 2021) in the form of HF transformers (`apply_rotary_pos_emb`): entry i of a head's first half
 * and entry i of its second half are turned as a pair, (a, b) → (a·cos − b·sin, b·cos + a·sin). A rotation's gradient is
 * the rotation back.
 * @param x [B, T, H·d]
 * @param cos cosines of the angles, [B, T, d/2], or [1, T, d/2] where all sequences share them
 * @param sin their sines, of the same shape
 * @returns [B, T, H·d]
 * @throws UnmaskError for shapes that do not fit
 */
export function rotary(x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor {
  const [batch, length, size] = x.shape as [number, number, number];
  const [rows, tokens, half] = cos.shape as [number, number, number];
  if ((rows !== batch && rows !== 1) || tokens !== length || size % (2 * half) !== 0 || sin.size !== cos.size) {
    throw new UnmaskError(`rotary: x [${x.shape.join(', ')}] does not go with cosines [${cos.shape.join(', ')}] and sines [${sin.shape.join(', ')}]`);
  }
  return tf.tidy(() => {
    const output = turn(x, cos, sin);
    return record(output, [x], [cos, sin], (dy, saved) => {
      const [c, s] = saved as [tf.Tensor, tf.Tensor];
      return [turn(dy, c, tf.neg(s))];
    });
  });
}

/** The rotation itself. Sequences with angles of their own are laid end to end, so the kernel sees one angle a token. */
function turn(x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor {
  const half = cos.shape[2]!;
  const size = x.shape[2]!;
  const table = [-1, half]; // [t, d/2]
  const inputs = { x: tf.reshape(x, [-1, cos.size / half, size]), cos: tf.reshape(cos, table), sin: tf.reshape(sin, table) };
  const turned = fused('UnmaskRotary', inputs, {}, () => {
    const heads = tf.reshape(inputs.x, [-1, cos.size / half, size / (2 * half), 2 * half]); // [b, t, H, d]
    const [a, b] = tf.split(heads, 2, 3); // [b, t, H, d/2] each
    const [c, s] = [inputs.cos, inputs.sin].map((angles) => tf.reshape(angles, [-1, 1, half])); // [t, 1, d/2]
    return tf.concat([tf.sub(tf.mul(a, c), tf.mul(b, s)), tf.add(tf.mul(b, c), tf.mul(a, s))], 3);
  });
  return tf.reshape(turned, x.shape);
}
