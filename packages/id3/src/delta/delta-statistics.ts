import { UnmaskError, type Parameter } from '@unmask/tensor-core';
import { baseValues, checkPart, type Delta, type DenseDelta, type SparseDelta } from './delta.js';

/** How far entries of a delta are from the base, |Δ| = |new − base|. */
export interface ChangeStatistics {
  /** Mean |Δ|; NaN when there are no entries. */
  readonly mean: number;
  readonly max: number;
  /** Entries that hold the same bits as the base: training did not move them. */
  readonly unchanged: number;
}

/** What a delta holds of one parameter. */
export interface ParameterStatistics {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether the parameter was trained in full. */
  readonly dense: boolean;
  /** Entries in the delta. */
  readonly count: number;
  /** `count` over the parameter's size, from 0 to 1. */
  readonly shareOfParameter: number;
  /** `count` over the entries of the whole delta, from 0 to 1. */
  readonly shareOfDelta: number;
  /** Present when a base was given. */
  readonly change?: ChangeStatistics;
}

/** What a delta holds. */
export interface DeltaStatistics {
  /** In the order of the delta, parameters trained in full last. */
  readonly parameters: readonly ParameterStatistics[];
  readonly total: {
    /** Entries in the delta. */
    readonly count: number;
    /** Those of them in parameters trained in full. */
    readonly dense: number;
    /** Entries of all parameters: of the base's when one was given, else of those that the delta mentions. */
    readonly size: number;
    /** `count` over `size`, from 0 to 1. */
    readonly share: number;
    /** Over all entries of the delta; present when a base was given. */
    readonly change?: ChangeStatistics;
  };
}

/**
 * Where the entries of a delta lie and, given the model from before training, how much they changed.
 * @param base parameters of the whole base model, untrained; they are read only
 * @throws UnmaskError when a part is malformed or does not fit the base
 */
export function deltaStatistics(delta: Delta, base?: readonly Parameter[]): DeltaStatistics {
  const parts = [...delta.entries, ...delta.dense];
  const count = parts.reduce((sum, { values }) => sum + values.length, 0);
  const dense = delta.dense.reduce((sum, { values }) => sum + values.length, 0);
  const byName = base && new Map(base.map((parameter) => [parameter.name, parameter]));
  const every = new Changes();
  const parameters = parts.map((part): ParameterStatistics => {
    const { name, shape, values } = part;
    checkPart(part, (problem) => new UnmaskError(`the delta of "${name}" ${problem}`));
    const facts = {
      name, shape, dense: part.indices === undefined, count: values.length,
      shareOfParameter: share(values.length, sizeOf(part)), shareOfDelta: share(values.length, count),
    };
    if (!byName) return facts;
    const changes = new Changes();
    changes.add(values, baseValues(byName, part));
    every.join(changes);
    return { ...facts, change: changes.statistics() };
  });
  const size = (base ?? parts).reduce((sum, part) => sum + sizeOf(part), 0);
  const total = { count, dense, size, share: share(count, size) };
  return { parameters, total: base ? { ...total, change: every.statistics() } : total };
}

const sizeOf = ({ shape }: Parameter | SparseDelta | DenseDelta): number => shape.reduce((product, length) => product * length, 1);
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** |Δ| of some entries, summed up. */
class Changes {
  #count = 0;
  #sum = 0;
  #max = 0;
  #unchanged = 0;

  add(values: Float32Array, former: Float32Array): void {
    const [bits, formerBits] = [bitsOf(values), bitsOf(former)];
    for (let i = 0; i < values.length; i++) {
      const change = Math.abs(values[i] - former[i]);
      this.#sum += change;
      this.#max = Math.max(this.#max, change);
      if (bits[i] === formerBits[i]) this.#unchanged++;
    }
    this.#count += values.length;
  }

  join(other: Changes): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
    this.#unchanged += other.#unchanged;
  }

  statistics(): ChangeStatistics {
    return { mean: this.#sum / this.#count, max: this.#max, unchanged: this.#unchanged };
  }
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array => new Uint32Array(buffer, byteOffset, length);
