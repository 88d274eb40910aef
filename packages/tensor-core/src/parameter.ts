import { isFilledLater, reserve } from './construction.js';
import { UnmaskError } from './errors.js';
import { editableInPlace, hostEntries, hostMemory, hostValues } from './host.js';
import { tf } from './tf.js';

/** A tensor that training may change, with the name and layout that it has in a Hugging Face checkpoint. */
export class Parameter {
  /** Full dotted name, e.g. `bert.encoder.layer.0.attention.self.query.weight`; empty until its model names it. */
  name = '';
  readonly shape: readonly number[];
  /** Number of scalars. */
  readonly size: number;
  /** Whether backward passes compute its gradient. */
  trainable = true;
  #tensor: tf.Tensor;
  /** Present where the values belong to a variable of the caller. */
  readonly #variable: tf.Variable | undefined;

  /**
   * @param shape lengths of the axes, outermost first
   * @param values row-major initial values, whose ownership passes to the parameter, or what makes them once there is room
   * for them, or one value for all, by default 0; or, for {@link ofVariable}, the variable that holds them
   * @throws UnmaskError when `values` does not fill `shape`, or {@link constructWithin} leaves no room for it
   */
  constructor(shape: readonly number[], values: Float32Array | (() => Float32Array) | number | tf.Variable = 0) {
    this.shape = [...shape];
    this.size = shape.reduce((product, length) => product * length, 1);
    if (values instanceof tf.Variable) {
      this.#variable = this.#tensor = values;
      return;
    }
    const made = reserve(this.size);
    const given = typeof values !== 'function' ? values : isFilledLater() ? 0 : values();
    if (typeof given !== 'number' && given.length !== this.size) {
      throw new UnmaskError(`a parameter of shape [${shape.join(', ')}] takes ${this.size} values, not ${given.length}`);
    }
    this.#tensor = this.#upload(typeof given === 'number' ? new Float32Array(this.size).fill(given) : given);
    made(this);
  }

  /**
   * A parameter whose values are those of a TensorFlow.js variable, under its name. Each change is a copy of the memory that
   * is assigned to the variable, as TensorFlow.js's own optimizers do it, and never made in place: the tensor that the
   * variable was made of, clones of it, snapshots by `getWeights` or `setWeights` and arrays that `dataSync` gave may all
   * share its memory, and keep their values so. The copy costs one pass over a variable, where its dense gradient took
   * several. Entries that a change leaves alone keep their bits. The variable stays the caller's.
   * @throws UnmaskError when it is not float32
   */
  static ofVariable(variable: tf.Variable): Parameter {
    if (variable.dtype !== 'float32') {
      throw new UnmaskError(`the variable "${variable.name}" is ${variable.dtype}, but only float32 trains: leave it out, or set trainable = false`);
    }
    const parameter = new Parameter(variable.shape, variable);
    parameter.name = variable.name;
    parameter.trainable = variable.trainable;
    return parameter;
  }

  /** The values as a tensor: borrowed, never to be disposed, replaced by {@link modify} on some engines. */
  get tensor(): tf.Tensor {
    return this.#tensor;
  }

  /** The values for reading at once: live memory on host engines, else a copy. Never write or keep the array. */
  read(): Float32Array {
    return hostValues(this.#tensor);
  }

  /** Lets `edit` change the values: in place where the engine allows it; elsewhere a changed copy takes the tensor's place. */
  modify(edit: (values: Float32Array) => void): void {
    const live = hostMemory(this.#tensor);
    if (live && !this.#variable && editableInPlace()) return edit(live);
    const values = (live ?? (this.#tensor.dataSync() as Float32Array)).slice();
    edit(values);
    this.#replace(this.#upload(values));
  }

  /** Sets every value: `read` fills the array that it is given, which is the live memory where the engine allows it. */
  async fill(read: (target: Float32Array) => Promise<void>): Promise<void> {
    const live = !this.#variable && editableInPlace() ? hostMemory(this.#tensor) : undefined;
    if (live) return read(live);
    const values = new Float32Array(this.size);
    await read(values);
    this.#replace(this.#upload(values));
  }

  /** Copies of the values at some flat indices; on engines with memory of their own, only these are downloaded. */
  readEntries(indices: Int32Array): Float32Array {
    return hostEntries(this.#tensor, indices);
  }

  /** Writes values at some flat indices, ascending and unique; on engines with memory of their own, only these are uploaded. */
  writeEntries(indices: Int32Array, values: Float32Array): void {
    if (hostMemory(this.#tensor)) {
      this.modify((all) => {
        for (let i = 0; i < indices.length; i++) all[indices[i]] = values[i];
      });
      return;
    }
    const updated = tf.tidy(() => {
      const flat = tf.tensorScatterUpdate(tf.reshape(this.#tensor, [this.size]), tf.tensor2d(indices, [indices.length, 1], 'int32'), tf.tensor1d(values));
      return tf.keep(tf.reshape(flat, [...this.shape]));
    });
    this.#replace(updated);
  }

  /** Takes a tensor of the same shape, whose ownership passes, as its values. */
  assign(tensor: tf.Tensor): void {
    this.#replace(tf.keep(tensor));
  }

  /** Frees the tensor; a variable stays. */
  dispose(): void {
    if (!this.#variable) this.#tensor.dispose();
  }

  #replace(tensor: tf.Tensor): void {
    if (this.#variable) {
      this.#variable.assign(tensor);
      tensor.dispose();
      return;
    }
    this.#tensor.dispose();
    this.#tensor = tensor;
  }

  #upload(values: Float32Array): tf.Tensor {
    return tf.keep(tf.tensor(values, [...this.shape], 'float32'));
  }
}

/** What an operation reads: an activation or a parameter. */
export type Value = tf.Tensor | Parameter;

/** The tensor behind a value, borrowed. */
export function tensorOf(value: Value): tf.Tensor {
  return value instanceof tf.Tensor ? value : value.tensor;
}
