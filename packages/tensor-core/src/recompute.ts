import { propagate, type GradientSink } from './backward.js';
import type { GradientNeed, ParameterGradient } from './gradients.js';
import type { Random } from './random.js';
import { activeTape, record, Tape } from './tape.js';
import { tf } from './tf.js';

/**
 * Runs a part of a forward pass of which only the inputs are kept; the backward pass computes the part again and goes
 * through it (gradient checkpointing, Chen et al. 2016). It costs that second computation, and holds the activations and
 * the weight gradients of one part at a time. The results are the same bits.
 * @param inputs the activations that `compute` starts from; it may use parameters freely, but no other activation
 * @param compute the same function of its inputs each time; it runs inside a tidy
 * @param random what `compute` draws from, which is set back for the second time
 */
export function recompute(inputs: readonly tf.Tensor[], compute: (inputs: readonly tf.Tensor[]) => tf.Tensor, random?: Random): tf.Tensor {
  const outer = activeTape();
  if (!outer) return tf.tidy(() => compute(inputs));
  const start = random?.state;
  const look = new Tape({ tracked: inputs.filter((input) => outer.needsGradient(input)).map(({ id }) => id), keeps: false });
  const output = look.run(() => compute(inputs));
  const parameters = [...look.pendingUses.keys()];
  return record(output, [...inputs, ...parameters], inputs, (outputGradient, saved, needed, wanted) => {
    const now = random?.state;
    if (start) random.state = start;
    const sources = saved.filter((_, index) => needed[index]).map(({ id }) => id);
    const gradients = new Map<unknown, ParameterGradient>();
    const needs = new Map<unknown, GradientNeed>(
      parameters.map((parameter, index) => {
        const position = inputs.length + index;
        return [parameter, needed[position] ? (wanted[position] ?? 'all') : 'nothing'];
      }),
    );
    const sink: GradientSink = Object.assign(
      (parameter: unknown, gradient: ParameterGradient) => void gradients.set(parameter, { ...gradient, tensor: gradient.tensor.clone() }),
      { needs: (parameter: unknown) => needs.get(parameter)! },
    );
    const tape = new Tape({ tracked: sources });
    try {
      const again = tape.run(() => compute(saved));
      const found = propagate(tape, again, outputGradient.clone(), sink, sources);
      return [...saved.map(({ id }) => found.get(id)), ...parameters.map((parameter) => gradients.get(parameter))];
    } finally {
      tape.dispose();
      if (now) random.state = now;
    }
  });
}
