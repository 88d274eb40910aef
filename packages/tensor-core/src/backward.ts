import { UnmaskError } from './errors.js';
import { addGradients, type GradientNeed, type ParameterGradient } from './gradients.js';
import { Parameter } from './parameter.js';
import { Tape, type Operation } from './tape.js';
import { tf } from './tf.js';

/** Receives the gradients of a backward pass. */
export interface GradientSink {
  /**
   * Takes the gradient of one parameter, once a backward pass, in backward order. The tensors are borrowed: they are
   * freed as soon as the sink returns, which is what keeps training's memory at one layer's gradient.
   */
  (parameter: Parameter, gradient: ParameterGradient): void;
  /**
   * How much of a parameter's gradient this sink wants, asked before the backward pass begins, so that what nobody wants
   * costs nothing: neither that gradient nor those of activations that only lead to it. All of it when left out.
   */
  readonly needs?: (parameter: Parameter) => GradientNeed;
}

/**
 * Runs `forward` and its backward pass, handing each parameter's gradient to `sink` the moment it is complete (tied uses
 * are summed first) and freeing activations as soon as they have been used.
 * @param forward computes a scalar loss with this package's operations; it runs inside a tidy
 * @param options.scale factor on every gradient, e.g. 1/k for a mean over k micro-batches; 1 by default
 * @returns the unscaled loss, a scalar owned by the caller
 * @throws UnmaskError when the loss is no scalar or depends on no trainable parameter
 */
export function streamGradients(
  forward: () => tf.Tensor,
  sink: GradientSink,
  options: { readonly scale?: number } = {},
): tf.Tensor {
  const tape = new Tape();
  try {
    const loss = tape.run(forward);
    try {
      if (loss.size !== 1) throw new UnmaskError(`the loss must be a scalar, not of shape [${loss.shape.join(', ')}]: take its mean or sum`);
      if (!tape.tracked.has(loss.id)) {
        throw new UnmaskError('the loss depends on no trainable parameter: compute it with operations of @unmask/tensor-core (wrap others in differentiable())');
      }
      propagate(tape, loss, tf.fill(loss.shape, options.scale ?? 1), sink);
    } catch (error) {
      loss.dispose();
      throw error;
    }
    return loss;
  } finally {
    tape.dispose();
  }
}

/**
 * The backward pass: operations in reverse, each one's saved tensors freed right after it. Internal to this package.
 * @param output what the tape's forward pass computed
 * @param gradient of the loss with respect to `output`; it is freed here
 * @param sources ids of tensors from outside of the tape
 * @returns the gradients of the sources that the output depends on, by id; they are the caller's
 */
export function propagate(tape: Tape, output: tf.Tensor, gradient: tf.Tensor, sink: GradientSink, sources: readonly number[] = []): Map<number, tf.Tensor> {
  const activations = new Map<number, tf.Tensor>([[output.id, gradient]]);
  const parameters = new Map<Parameter, ParameterGradient>();
  const found = new Map<number, tf.Tensor>();
  try {
    const needs = needsOf(tape, sink, sources);
    for (let operation = tape.operations.pop(), wanted = needs.pop()!; operation; operation = tape.operations.pop(), wanted = needs.pop()!) {
      const outputGradient = activations.get(operation.output);
      activations.delete(operation.output);
      const gradients = runBackward(operation, outputGradient, wanted);
      try {
        operation.inputs.forEach((input, index) => {
          if (!operation.needed[index]) return;
          const gradient = gradients[index];
          gradients[index] = undefined; // handed over
          if (input instanceof Parameter) deliver(tape, parameters, input, gradient, sink);
          else if (gradient) accumulate(activations, (input as tf.Tensor).id, gradient.tensor);
        });
      } finally {
        for (const gradient of gradients) gradient?.tensor.dispose();
      }
    }
    for (const id of sources) {
      if (activations.has(id)) found.set(id, activations.get(id)!);
      activations.delete(id);
    }
    return found;
  } finally {
    tf.dispose([...activations.values()]);
    for (const { tensor } of parameters.values()) tensor.dispose();
  }
}

/** How much of each input's gradient each operation has to give: of an activation all, if it leads to a wanted parameter. */
function needsOf({ operations }: Tape, { needs }: GradientSink, sources: readonly number[]): (readonly GradientNeed[])[] {
  const leading = new Set(sources);
  return operations.map(({ output, inputs, needed }) => {
    const wanted = inputs.map((input, index): GradientNeed => {
      if (!needed[index]) return 'nothing';
      if (input instanceof Parameter) return needs ? needs(input) : 'all';
      return leading.has(input!.id) ? 'all' : 'nothing';
    });
    if (wanted.some((need) => need !== 'nothing')) leading.add(output);
    return wanted;
  });
}

/** Runs one operation's backward function, if it is of use, in a scope of its own; frees what it saved and its output's gradient. */
function runBackward({ saved, backward }: Operation, outputGradient: tf.Tensor | undefined, wanted: readonly GradientNeed[]): (ParameterGradient | undefined)[] {
  const needed = wanted.map((need) => need !== 'nothing');
  const entries = wanted.map((need) => (typeof need === 'string' ? undefined : need));
  const engine = tf.engine();
  engine.startScope('backward');
  let results: (ParameterGradient | undefined)[] = [];
  try {
    if (outputGradient && needed.includes(true)) {
      results = backward(outputGradient, saved.map((each) => each.get()), needed, entries).map((result, index) => {
        if (!needed[index]) return undefined;
        return result instanceof tf.Tensor ? { tensor: result } : result;
      });
    }
  } finally {
    // endScope walks what it is given, so it gets the tensors alone and not the long row lists.
    engine.endScope(results.flatMap((result) => (result ? [result.tensor] : [])));
    outputGradient?.dispose();
    for (const each of saved) each.dispose();
  }
  return results;
}

/** Adds an activation's gradient to what has arrived for it so far. */
function accumulate(activations: Map<number, tf.Tensor>, id: number, gradient: tf.Tensor): void {
  const earlier = activations.get(id);
  activations.set(id, earlier ? tf.add(earlier, gradient) : gradient);
  if (earlier) tf.dispose([earlier, gradient]);
}

/** Adds one use's part to a parameter's gradient and hands the sum to the sink once no use is left. */
function deliver(
  tape: Tape,
  parameters: Map<Parameter, ParameterGradient>,
  parameter: Parameter,
  gradient: ParameterGradient | undefined,
  sink: GradientSink,
): void {
  const earlier = parameters.get(parameter);
  const sum = earlier && gradient ? addGradients(parameter.shape, earlier, gradient) : (gradient ?? earlier);
  if (sum) parameters.set(parameter, sum);
  if (earlier && gradient) tf.dispose([earlier.tensor, gradient.tensor]);
  const uses = tape.pendingUses.get(parameter)! - 1;
  tape.pendingUses.set(parameter, uses);
  if (uses > 0 || !sum) return;
  try {
    sink(parameter, sum);
  } finally {
    parameters.delete(parameter);
    sum.tensor.dispose();
  }
}
