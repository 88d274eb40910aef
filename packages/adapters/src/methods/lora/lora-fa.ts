import { denseGradient, type GradientSink, type Parameter, solveSymmetric, tf } from '@unmask/tensor-core';
import type { PeftModel } from '../../model/peft-model.js';
import { factorsOf } from '../../model/weighted-lora.js';

/** What keeps A·Aᵀ regular. */
const DELTA = 1e-8;

/**
 * LoRA-FA (Zhang et al. 2023; HF PEFT optimizers/lorafa.py): A stays as it is, so a backward pass keeps no inputs of layers for it, and B
 * trains by the gradient that is nearest to the full one, s⁻²·∇B·(A·Aᵀ + δ·I)⁻¹.
 * Call it once the adapters that train are active, and bind the optimizer to `trainableParameters()` after it.
 * @returns what turns the optimizer's sink into the one for the backward pass
 */
export function loraFa(model: PeftModel): (sink: GradientSink) => GradientSink {
  const layers = model.active.flatMap((name) => [...model.adapters.get(name)!.layers.values()]);
  const projections = new Map<Parameter, Float32Array>();
  for (const factors of layers.map(factorsOf)) {
    if (!factors || factors.a.shape[0] !== factors.b.shape[1]) continue;
    factors.a.trainable = false;
    projections.set(factors.b, projectionOf(factors.a, factors.scale));
  }
  return (sink) =>
    Object.assign(
      ((parameter, gradient) => {
        const projection = projections.get(parameter);
        if (!projection) return sink(parameter, gradient);
        const rank = parameter.shape[1];
        tf.tidy(() => {
          const dense: tf.Tensor2D = tf.reshape(denseGradient(parameter.shape, gradient), [-1, rank]);
          sink(parameter, { tensor: tf.matMul(dense, tf.tensor2d(projection, [rank, rank])) });
        });
      }) as GradientSink,
      { needs: (parameter: Parameter) => (projections.has(parameter) ? ('all' as const) : (sink.needs?.(parameter) ?? ('all' as const))) },
    );
}

/** s⁻²·(A·Aᵀ + δ·I)⁻¹, [r, r]. */
function projectionOf(a: Parameter, scale: number): Float32Array {
  const [rank, size] = a.shape;
  const values = a.read();
  const row = (index: number) => values.subarray(index * size, (index + 1) * size);
  const products = Float64Array.from({ length: rank * rank }, (_, place) => {
    const [left, right] = [row(Math.floor(place / rank)), row(place % rank)];
    return left.reduce((sum, value, index) => sum + value * right[index], Number(place % (rank + 1) === 0) * DELTA);
  });
  const units = Array.from({ length: rank }, (_, index) => Float64Array.from({ length: rank }, (_, other) => Number(index === other)));
  const inverse = solveSymmetric({ rows: rank, columns: rank, values: products }, units);
  return Float32Array.from({ length: rank * rank }, (_, place) => inverse[Math.floor(place / rank)][place % rank] / scale ** 2);
}
