import { fused, tf } from '@unmask/tensor-core';
import type { ConfigReader } from '../config.js';
import { countPositions } from './token-mask.js';

/** How fast rotary positions turn: what config.json says of them (HF transformers, modeling_rope_utils.py). */
export interface RotaryPositions {
  /** Radians a position for each of a head's d/2 pairs, in sequences of up to `length` tokens. */
  readonly frequencies: (length: number) => readonly number[];
  /** Factor of the cosines and sines. */
  readonly amplitude: number;
}

/** What a kind of scaling is computed from. */
interface Settings {
  /** The entries of a head, d. */
  readonly size: number;
  /** The base of the frequencies, θ. */
  readonly theta: number;
  /** Positions that the model is made for. */
  readonly maxPositions: number;
  /** Positions that it was trained with before it was scaled. */
  readonly originalPositions: number;
  /** The fields of the scaling itself. */
  readonly fields: ConfigReader;
}

/** θ^(−2i/d) for pair i (Su et al. 2021). */
const unscaled = (size: number, theta: number) => Array.from({ length: size / 2 }, (_, pair) => theta ** ((-2 * pair) / size));

/** The same frequencies whatever the length, made when they are needed: nobody has checked the size of a head yet. */
const fixed = (frequencies: () => readonly number[], amplitude = 1): RotaryPositions => ({ frequencies, amplitude });

/** Positions are divided by the factor. */
function linear({ size, theta, fields }: Settings): RotaryPositions {
  const factor = fields.positive('factor');
  return fixed(() => unscaled(size, theta).map((frequency) => frequency / factor));
}

/** The base grows with sequences beyond what the model is made for. It holds no memory of longer sequences before. */
function dynamic({ size, theta, maxPositions, fields }: Settings): RotaryPositions {
  const factor = fields.positive('factor');
  const growth = (length: number) => (factor * Math.max(length, maxPositions)) / maxPositions - (factor - 1);
  return { frequencies: (length) => unscaled(size, theta * growth(length) ** (size / (size - 2))), amplitude: 1 };
}

/** Slow pairs are divided by the factor, fast ones left alone, those in between interpolated (Llama 3.1). */
function llama3({ size, theta, originalPositions, fields }: Settings): RotaryPositions {
  const [factor, low, high] = ['factor', 'low_freq_factor', 'high_freq_factor'].map((name) => fields.positive(name));
  return fixed(() =>
    unscaled(size, theta).map((frequency) => {
      const turns = (originalPositions * frequency) / (2 * Math.PI); // in the original context
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return frequency * (kept + (1 - kept) / factor);
    }),
  );
}

/** Interpolation by pair between dividing by the factor and leaving alone, and sharper attention (Peng et al. 2023). */
function yarn({ size, theta, maxPositions, originalPositions, fields }: Settings): RotaryPositions {
  const factor = fields.positive('factor', maxPositions / originalPositions);
  const round = fields.flag('truncate', true);
  /** The pair, as a fraction, that makes so many turns in the original context. */
  const pairOf = (turns: number) => (size * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [fast, slow] = [pairOf(fields.positive('beta_fast', 32)), pairOf(fields.positive('beta_slow', 1))];
  const first = Math.max(0, round ? Math.floor(fast) : fast);
  const last = Math.min(size - 1, round ? Math.ceil(slow) : slow);
  const width = first === last ? 0.001 : last - first;
  const frequencies = () =>
    unscaled(size, theta).map((frequency, pair) => {
      const divided = Math.min(1, Math.max(0, (pair - first) / width));
      return frequency * (1 - divided + divided / factor);
    });
  const sharpness = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const both = fields.has('mscale') && fields.has('mscale_all_dim');
  const inferred = both ? sharpness(fields.positive('mscale')) / sharpness(fields.positive('mscale_all_dim')) : sharpness(1);
  return fixed(frequencies, fields.positive('attention_factor', inferred));
}

const SCALINGS = { default: ({ size, theta }: Settings) => fixed(() => unscaled(size, theta)), linear, dynamic, llama3, yarn };
const KINDS = Object.keys(SCALINGS) as (keyof typeof SCALINGS)[];

/**
 * Reads the rotary positions of a config.json, as `rope_parameters` or in the older form `rope_theta` and `rope_scaling`.
 * @param size entries of a head
 * @throws UnmaskError naming a field that is missing, out of range or not supported
 */
export function readRotaryPositions(read: ConfigReader, size: number): RotaryPositions {
  const fields = read.section(read.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling');
  const maxPositions = read.size('max_position_embeddings');
  const kind = fields.choice(fields.has('rope_type') ? 'rope_type' : 'type', KINDS, 'default');
  return SCALINGS[kind]({
    size,
    theta: fields.positive('rope_theta', read.positive('rope_theta', 10_000)),
    maxPositions,
    originalPositions: read.size('original_max_position_embeddings', fields.size('original_max_position_embeddings', maxPositions)),
    fields,
  });
}

/**
 * Cosines and sines of positions.
 * @param positions int32 [B, T]
 * @returns [B, T, d/2] each
 */
export function rotaryTables({ frequencies, amplitude }: RotaryPositions, positions: tf.Tensor): { cos: tf.Tensor; sin: tf.Tensor } {
  const short = tf.tensor1d(Float32Array.from(frequencies(1)));
  const [cos, sin] = fused<[tf.Tensor, tf.Tensor]>('UnmaskRotaryTables', { positions, frequencies: short }, { amplitude }, () => {
    const places = positions.dataSync<'int32'>();
    // Angles are rounded to float32 where HF transformers rounds them: far from the start of a text it can be seen.
    const steps = Float32Array.from(frequencies(countPositions(places)));
    const half = steps.length;
    const [cos, sin] = [new Float32Array(places.length * half), new Float32Array(places.length * half)];
    places.forEach((position, index) =>
      steps.forEach((step, pair) => {
        const angle = Math.fround(position * step);
        cos[index * half + pair] = amplitude * Math.cos(angle);
        sin[index * half + pair] = amplitude * Math.sin(angle);
      }),
    );
    const shape: [number, number, number] = [...(positions.shape as [number, number]), half];
    return [tf.tensor3d(cos, shape), tf.tensor3d(sin, shape)];
  });
  short.dispose();
  return { cos, sin };
}
