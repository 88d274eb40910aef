import type { TokenInputs, TransformerModel } from '@unmask/models';
import { denseGradient, hostValues, Layer, type Linear, streamGradients, tf, UnmaskError } from '@unmask/tensor-core';
import type { NamedLayer } from '../targets.js';

/** A batch of data that a method looks at before it trains. */
export interface CalibrationBatch {
  readonly inputs: TokenInputs;
  /** The loss of the model's logits, a scalar, for methods that look at gradients. */
  readonly loss?: (logits: tf.Tensor) => tf.Tensor;
}

/**
 * Runs the bare model on a batch and shows what goes into layers.
 * @param see gets the inputs of a layer where the mask covers a token, [tokens, in], borrowed
 */
export function eachInput(model: TransformerModel, layers: readonly NamedLayer[], { inputs }: CalibrationBatch, see: (path: string, rows: tf.Tensor2D) => void): void {
  const mask = hostValues(inputs.attentionMask);
  const covered = tf.tensor1d([...mask.keys()].filter((place) => mask[place] !== 0), 'int32');
  const showing = new Map<Layer, Layer['hook']>();
  for (const [path, layer] of layers) {
    showing.set(layer, (x, own) => {
      const rows: tf.Tensor2D = tf.reshape(x, [-1, x.shape.at(-1)!]);
      see(path, rows.shape[0] === mask.length ? tf.gather(rows, covered) : rows);
      return own(x);
    });
  }
  try {
    withHooks(model, showing, () => tf.tidy(() => void model.forward(inputs)));
  } finally {
    covered.dispose();
  }
}

/** The mean of the gradients of layers' weights over batches, as the weights lie. @throws UnmaskError for a batch without a loss */
export function meanGradients(model: TransformerModel, layers: readonly NamedLayer<Linear>[], batches: readonly CalibrationBatch[]): ReadonlyMap<string, Float32Array> {
  const means = new Map(layers.map(([path, { weight }]) => [path, new Float32Array(weight.size)]));
  const pathOf = new Map(layers.map(([path, { weight }]) => [weight, path]));
  const trainable = new Map(model.parameters().map((parameter) => [parameter, parameter.trainable]));
  for (const parameter of trainable.keys()) parameter.trainable = pathOf.has(parameter);
  try {
    for (const { inputs, loss } of batches) {
      if (!loss) throw new UnmaskError('a calibration batch has no loss, which this init_lora_weights takes gradients of: give each batch { inputs, loss }', { code: 'bad-data' });
      const run = () => loss(model.forward(inputs));
      const total = withHooks(model, new Map(), () =>
        streamGradients(run, (parameter, gradient) => {
          const dense = denseGradient(parameter.shape, gradient);
          const mean = means.get(pathOf.get(parameter)!)!;
          dense.dataSync<'float32'>().forEach((value, index) => (mean[index] += value / batches.length));
          dense.dispose();
        }),
      );
      total.dispose();
    }
  } finally {
    for (const [parameter, before] of trainable) parameter.trainable = before;
  }
  return means;
}

/** Runs something with these hooks around a model's layers, and none around the others. */
function withHooks<T>(model: TransformerModel, hooks: ReadonlyMap<Layer, Layer['hook']>, run: () => T): T {
  const before = model.namedModules().flatMap(([, module]) => (module instanceof Layer ? [[module, module.hook] as const] : []));
  for (const [layer] of before) layer.hook = hooks.get(layer);
  try {
    return run();
  } finally {
    for (const [layer, hook] of before) layer.hook = hook;
  }
}
