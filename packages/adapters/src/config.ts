import { didYouMean, shown, UnmaskError } from '@unmask/tensor-core';

/**
 * What every adapter_config.json holds (HF PEFT config.py). Configurations keep the names that they have on disk, so that
 * they go there and back as they are.
 */
export interface PeftConfig {
  /** The method, e.g. `LORA`. */
  readonly peft_type: string;
  /** What the model is for, e.g. `SEQ_CLS`, `TOKEN_CLS`, `CAUSAL_LM`; null when it was not said. */
  readonly task_type: string | null;
  /** The base model that the adapter was trained on: a folder or a hub id. */
  readonly base_model_name_or_path: string | null;
  readonly revision: string | null;
  readonly inference_mode: boolean;
  /** Modules beside the adapter that train in full and are saved with it, by the end of their names. */
  readonly modules_to_save: readonly string[] | null;
}

/** Which layers a method attaches to, by their names. */
export interface ModuleTargets {
  /** Names of layers (or the ends of them), a regular expression for whole names, or `all-linear`; null: the family's own. */
  readonly target_modules: readonly string[] | string | null;
  /** Layers left out, in the same forms. */
  readonly exclude_modules: readonly string[] | string | null;
}

/** Which layers a method attaches to, by their names and numbers. */
export interface TargetConfig extends ModuleTargets {
  /** Numbers of the transformer layers to attach to; null for all. */
  readonly layers_to_transform: readonly number[] | number | null;
  /** Names of the lists that these numbers count in, e.g. `layers`; null for any. */
  readonly layers_pattern: readonly string[] | string | null;
}

/** What a user writes: any fields of a method's configuration; the others have their defaults. */
export type ConfigInput<C> = { readonly [K in keyof C]?: FieldInput<C[K]> };

/** A field, or for one that holds fields any of these. */
type FieldInput<V> = V extends readonly unknown[] ? V : V extends object ? { readonly [K in keyof V]?: V[K] } : V;

/** The same with the name of the method, for each of several methods. */
export type NamedConfigInput<C> = C extends PeftConfig ? ConfigInput<C> & Pick<C, 'peft_type'> : never;

/** The largest whole number, and the largest number that float32 holds. */
const [LARGEST_WHOLE, LARGEST] = [2 ** 31 - 1, 3.4028234663852886e38];

/** Most entries of a list, of an object whose keys are tried on every layer, and names of lists of layers. */
const [LONGEST_LIST, MOST_PATTERNS, MOST_LAYER_LISTS] = [100_000, 2_000, 100];

/** Names that fields have elsewhere, for suggestions. */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  rank: 'r',
  alpha: 'lora_alpha',
  dropout: 'lora_dropout',
  targets: 'target_modules',
  init_weights: 'init_lora_weights',
  num_tokens: 'num_virtual_tokens',
};

/**
 * Reads the fields of a configuration, each checked when it is asked for, and in the end names those that nobody asked for.
 * A field that is null or absent has its default.
 */
export class ConfigFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>(['peft_version', 'auto_mapping']);

  /** Whether the configuration is that of a finished adapter, whose values are read: how they started has no say then. */
  readonly finished: boolean;

  constructor(fields: Readonly<Record<string, unknown>>, { finished = false } = {}) {
    this.#fields = fields;
    this.finished = finished;
  }

  /** A number of at least `minimum`, or above it when `open`. */
  number(name: string, fallback: number, minimum = -Infinity, { open = false } = {}): number {
    const value = this.#get(name) ?? fallback;
    if (typeof value === 'number' && Math.abs(value) <= LARGEST && (open ? value > minimum : value >= minimum)) return value;
    return this.#fail(name, `a number ${Number.isFinite(minimum) ? `${open ? 'above' : 'of at least'} ${minimum} ` : ''}that float32 holds`);
  }

  /** A whole number of at least `minimum`. */
  integer(name: string, fallback: number, minimum: number): number {
    const value = this.#get(name) ?? fallback;
    return isWhole(value, minimum) ? value : this.#fail(name, `a whole number from ${minimum} up to ${LARGEST_WHOLE}`);
  }

  /** A whole number of at least `minimum`, null when absent. */
  optionalInteger(name: string, minimum: number): number | null {
    return (this.#get(name) ?? null) === null ? null : this.integer(name, minimum, minimum);
  }

  /** A share in [0, 1). */
  fraction(name: string, fallback: number): number {
    const value = this.#get(name) ?? fallback;
    return typeof value === 'number' && value >= 0 && value < 1 ? value : this.#fail(name, 'a number from 0 up to 1');
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#get(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.#fail(name, 'true or false');
  }

  /** One of the `allowed` values. */
  choice<T extends string | number | boolean>(name: string, allowed: readonly T[], fallback: T): T {
    const value = (this.#get(name) ?? fallback) as T;
    return allowed.includes(value) ? value : this.#fail(name, `one of ${allowed.map(shown).join(', ')}`);
  }

  /** One of the `allowed` values, or a string of a form. */
  pattern<T extends string | boolean>(name: string, allowed: readonly T[], form: RegExp, fallback: T): T {
    const value = this.#fields[name];
    if (typeof value === 'string' && form.test(value)) return this.choice(name, [value as T], fallback);
    return this.choice(name, allowed, fallback);
  }

  text(name: string): string | null {
    const value = this.#get(name) ?? null;
    return value === null || typeof value === 'string' ? value : this.#fail(name, 'a string');
  }

  /** Strings, at most so many of them, or one string. */
  names(name: string, most = LONGEST_LIST): readonly string[] | string | null {
    const value = this.#get(name) ?? null;
    if (value === null || typeof value === 'string' || (isListOf(value, 'string') && value.length <= most)) return value;
    return this.#fail(name, `a string or a list of at most ${most} strings`);
  }

  /** A list of strings. */
  list(name: string): readonly string[] | null {
    const value = this.#get(name) ?? null;
    return value === null || isListOf(value, 'string') ? value : this.#fail(name, 'a list of strings');
  }

  /** Numbers, or one number. */
  numbers(name: string): readonly number[] | number | null {
    const value = this.#get(name) ?? null;
    return value === null || typeof value === 'number' || isListOf(value, 'number') ? value : this.#fail(name, 'a number or a list of numbers');
  }

  /** Numbers, or lists of them by name. */
  numberLists(name: string): readonly number[] | Readonly<Record<string, readonly number[]>> | null {
    const value = this.#get(name) ?? null;
    if (value === null || isListOf(value, 'number')) return value;
    const lists = typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : [null];
    if (lists.length <= MOST_PATTERNS && lists.every((each) => isListOf(each, 'number'))) return value as Readonly<Record<string, readonly number[]>>;
    return this.#fail(name, `a list of numbers, or an object of at most ${MOST_PATTERNS} such lists`);
  }

  /** Numbers above 0 by regular expressions for names, or whole ones alone. */
  numbersByPattern(name: string, { whole = false } = {}): Readonly<Record<string, number>> {
    const value = this.#get(name) ?? {};
    const numbers: unknown[] = typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : [null];
    const isNumber = (each: unknown) => (whole ? isWhole(each, 1) : typeof each === 'number' && each > 0 && each <= LARGEST);
    if (numbers.length <= MOST_PATTERNS && numbers.every(isNumber)) return value as Readonly<Record<string, number>>;
    return this.#fail(name, `an object of at most ${MOST_PATTERNS} ${whole ? 'whole numbers from 1 up' : 'numbers above 0'}`);
  }

  /** Lists of true and false by name. */
  flagsByName(name: string): Readonly<Record<string, readonly boolean[]>> | null {
    const value = this.#get(name) ?? null;
    const valid = value === null || (typeof value === 'object' && Object.values(value).every((each) => isListOf(each, 'boolean')));
    return valid ? (value as Readonly<Record<string, readonly boolean[]>> | null) : this.#fail(name, 'an object of lists of true and false');
  }

  /** What is read of the fields of an object; null when it is absent. @throws UnmaskError also for a field of it that nobody asked for */
  group<T>(name: string, read: (fields: ConfigFields) => T): T | null {
    const value = this.#get(name) ?? null;
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) return this.#fail(name, 'an object');
    const fields = new ConfigFields(value as Readonly<Record<string, unknown>>, { finished: this.finished });
    const found = read(fields);
    fields.finish();
    return found;
  }

  /** The fields that every method has. */
  common(type: string): PeftConfig {
    return {
      peft_type: this.choice('peft_type', [type], type),
      task_type: this.text('task_type'),
      base_model_name_or_path: this.text('base_model_name_or_path'),
      revision: this.text('revision'),
      inference_mode: this.boolean('inference_mode', false),
      modules_to_save: this.list('modules_to_save'),
    };
  }

  /** The fields of methods that attach to layers by their names. */
  modules(): ModuleTargets {
    return { target_modules: this.names('target_modules'), exclude_modules: this.names('exclude_modules') };
  }

  /** The fields of methods that attach to layers by their names and numbers. */
  targets(): TargetConfig {
    return {
      ...this.modules(),
      layers_to_transform: this.numbers('layers_to_transform'),
      layers_pattern: this.names('layers_pattern', MOST_LAYER_LISTS),
    };
  }

  /** Passes over fields that mean nothing without others. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /**
   * Refuses a field that changes what the adapter computes and is not known here: one that has another value than the
   * defaults that mean nothing (null, false, 0, none of anything). PEFT adds fields with such defaults in every release.
   */
  finish(): void {
    const meaningless = (value: unknown) => value === null || value === undefined || value === false || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);
    const unknown = Object.keys(this.#fields).filter((name) => !this.#asked.has(name) && !meaningless(this.#fields[name]));
    if (unknown.length === 0) return;
    throw new UnmaskError(`the adapter's configuration has ${shown(unknown[0])}: ${shown(this.#fields[unknown[0]])}, which is not supported${this.#suggestion(unknown[0])}`, { code: 'unsupported' });
  }

  /** The name that was meant, if one is near: in words of other libraries, or other letters. */
  #suggestion(given: string): string {
    const snakeCase = given.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const other = [snakeCase, ALSO_CALLED[snakeCase]].find((name) => this.#asked.has(name));
    return other === undefined ? didYouMean(given, this.#asked) : `; did you mean "${other}"?`;
  }

  #get(name: string): unknown {
    this.#asked.add(name);
    return this.#fields[name];
  }

  #fail(name: string, expected: string): never {
    throw new UnmaskError(`the adapter's configuration has "${name}": ${shown(this.#fields[name])}, expected ${expected}`, { code: 'bad-data' });
  }
}

interface Types {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

function isListOf<T extends keyof Types>(value: unknown, type: T): value is Types[T][] {
  return Array.isArray(value) && value.length <= LONGEST_LIST && value.every((each) => typeof each === type);
}

const isWhole = (value: unknown, minimum: number): value is number => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= LARGEST_WHOLE;
