import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPretrained, type TransformerModel } from '@unmask/models';
import { crossEntropy, Random, tf } from '@unmask/tensor-core';
import type { Workload } from '../benchmark.js';

/** A sequence classifier with two labels, and a batch of random tokens without padding. */
export async function classifier({ model: folder, batch, length }: Workload) {
  const random = new Random(1);
  const pretrained = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random });
  const inputs = randomInputs(batch, length, random);
  const labels = tf.tensor1d(Int32Array.from({ length: batch }, () => random.integer(2)), 'int32');
  // Dropout off: PyTorch's side runs without it too, so both do the same arithmetic.
  const loss = (model: TransformerModel) => crossEntropy(model.forward(inputs), labels);
  return { pretrained, inputs, loss };
}

/** Token ids [B, T] from 1000 to 21,000, all attended to. */
export function randomInputs(batch: number, length: number, random: Random) {
  const inputIds = tf.tensor2d(Int32Array.from({ length: batch * length }, () => 1000 + random.integer(20_000)), [batch, length], 'int32');
  return { inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) };
}

/** Seconds of each of some repetitions, those of the warm-up left out. */
export function timed({ steps, warmUp }: Pick<Workload, 'steps' | 'warmUp'>, body: () => void): number[] {
  const seconds = Array.from({ length: warmUp + steps }, () => {
    const started = performance.now();
    body();
    return (performance.now() - started) / 1000;
  });
  return seconds.slice(warmUp);
}

/** Numbers of a config.json that an encoder's or decoder's arithmetic depends on. */
type Sizes = Readonly<Record<'hidden_size' | 'num_hidden_layers' | 'num_attention_heads' | 'intermediate_size', number>> & { readonly num_key_value_heads?: number };

/**
 * Multiplications and additions of one training step, in billions: 2 a weight of the layers' matrices and a token forward,
 * 4·T·H a layer and a token for attention's scores and sums, and twice all that backward. Word vectors and heads are left out.
 */
export async function billionOperations({ model, batch, length }: Workload): Promise<number> {
  const config = JSON.parse(await readFile(join(model, 'config.json'), 'utf8')) as Sizes;
  const { hidden_size: hidden, num_hidden_layers: layers, num_attention_heads: heads, intermediate_size: inner, num_key_value_heads: groups } = config;
  const attention = 2 * hidden * hidden + 2 * hidden * ((hidden / heads) * (groups ?? heads));
  const weights = layers * (attention + (groups === undefined ? 2 : 3) * hidden * inner); // decoders of the Llama kind have a gate
  return (3 * batch * length * (2 * weights + layers * 4 * length * hidden)) / 1e9;
}
