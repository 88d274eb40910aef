import type { ParameterGradient } from './gradients.js';
import { Parameter, type Value } from './parameter.js';
import { tf } from './tf.js';

/**
 * The gradients of an operation's inputs, in their order; an entry whose `needed` is false is ignored, so leave it out.
 * `saved` holds what {@link record} was given. Return fresh tensors (clone what is passed through), or for a parameter
 * optionally the gradient of some rows, or of the entries that `wanted` lists for it.
 */
export type Backward = (
  outputGradient: tf.Tensor,
  saved: readonly tf.Tensor[],
  needed: readonly boolean[],
  wanted: readonly (Int32Array | undefined)[],
) => readonly (tf.Tensor | ParameterGradient | undefined)[];

/**
 * Computes an operation's output again from what it saved, with the same bits: for an output that is cheaper to make twice
 * than to keep.
 */
export type Again = (saved: readonly tf.Tensor[]) => tf.Tensor;

/** A tensor that waits for the backward pass, or what it takes to make it again. */
class Saved {
  readonly #kept: readonly tf.Tensor[];
  readonly #shape: readonly number[];
  readonly #again: Again | undefined;

  constructor({ shape }: tf.Tensor, kept: readonly tf.Tensor[], again?: Again) {
    // A clone shares the memory but not the lifetime of the original.
    this.#kept = kept.map((tensor) => tf.keep(tensor.clone()));
    this.#shape = shape;
    this.#again = again;
  }

  /** The tensor, borrowed; one that is made again belongs to the running scope. */
  get(): tf.Tensor {
    return this.#again ? tf.reshape(this.#again(this.#kept), [...this.#shape]) : this.#kept[0];
  }

  dispose(): void {
    tf.dispose([...this.#kept]);
  }
}

/** One operation of a forward pass, with what its backward pass needs. */
export interface Operation {
  readonly output: number;
  readonly inputs: readonly (Value | undefined)[];
  readonly needed: readonly boolean[];
  readonly saved: readonly Saved[];
  readonly backward: Backward;
}

/** The operations of one forward pass. Internal to this package. */
export class Tape {
  readonly operations: Operation[] = [];
  /** Ids of the activations that depend on a trainable parameter. */
  readonly tracked: Set<number>;
  /** How many operations still owe each parameter a part of its gradient. */
  readonly pendingUses = new Map<Parameter, number>();
  /** Whether operations are kept for a backward pass, not only looked at. */
  readonly #keeps: boolean;
  /** How to make outputs again, and from what, by the identity of their memory, which a reshaped output shares. */
  readonly #recipes = new Map<object, { readonly from: readonly Saved[]; readonly again: Again }>();

  /** @param tracked ids of tensors, from elsewhere, whose gradients are wanted */
  constructor({ tracked = [], keeps = true }: { readonly tracked?: Iterable<number>; readonly keeps?: boolean } = {}) {
    this.tracked = new Set(tracked);
    this.#keeps = keeps;
  }

  /** Runs `forward`, in a tidy, with its operations noted here. */
  run(forward: () => tf.Tensor): tf.Tensor {
    const outer = registry[ACTIVE];
    registry[ACTIVE] = this;
    try {
      return tf.tidy(forward);
    } finally {
      registry[ACTIVE] = outer;
    }
  }

  needsGradient(value: Value | undefined): boolean {
    if (value === undefined) return false;
    return value instanceof tf.Tensor ? this.tracked.has(value.id) : value.trainable;
  }

  /** Notes an operation whose output depends on a trainable parameter. */
  add(output: tf.Tensor, operation: Omit<Operation, 'output' | 'saved'>, tensors: readonly tf.Tensor[], again: Again | undefined): void {
    operation.inputs.forEach((input, index) => {
      if (operation.needed[index] && input instanceof Parameter) this.pendingUses.set(input, (this.pendingUses.get(input) ?? 0) + 1);
    });
    this.tracked.add(output.id);
    if (!this.#keeps) return;
    const saved = tensors.map((tensor) => this.#save(tensor));
    if (again) this.#recipes.set(output.dataId, { from: saved, again });
    this.operations.push({ ...operation, output: output.id, saved });
  }

  #save(tensor: tf.Tensor): Saved {
    const recipe = this.#recipes.get(tensor.dataId);
    return recipe ? new Saved(tensor, recipe.from.map((saved) => saved.get()), recipe.again) : new Saved(tensor, [tensor]);
  }

  dispose(): void {
    for (const { saved } of this.operations) for (const each of saved) each.dispose();
    this.operations.length = 0;
  }
}

/** Shared by all copies of this package in the process (ESM beside CommonJS). */
const registry = globalThis as unknown as Record<symbol, Tape | undefined>;
const ACTIVE = Symbol.for('unmask.tape');

/** The tape of the running forward pass, if there is one. Internal to this package. */
export function activeTape(): Tape | undefined {
  return registry[ACTIVE];
}

/** True while a forward pass is being recorded, that is, under {@link streamGradients}. */
export function isRecording(): boolean {
  return registry[ACTIVE] !== undefined;
}

/**
 * Notes an operation on the running forward pass, if there is one and a gradient can reach `inputs`.
 * `saved` tensors stay usable until the backward pass has used them, whoever frees the originals.
 * @param again given for an output that is cheap to make again: operations that save it keep what it is made from instead
 * @returns `output`, for chaining
 */
export function record<T extends tf.Tensor>(
  output: T,
  inputs: readonly (Value | undefined)[],
  saved: readonly tf.Tensor[],
  backward: Backward,
  again?: Again,
): T {
  const tape = registry[ACTIVE];
  if (!tape) return output;
  const needed = inputs.map((input) => tape.needsGradient(input));
  if (!needed.includes(true)) return output;
  tape.add(output, { inputs, needed, backward }, saved, again);
  return output;
}
