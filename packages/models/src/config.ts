import { shown, UnmaskError } from '@unmask/tensor-core';

/** The largest size, count or token id: what int32 tensors hold, and lists can be as long as. */
const LARGEST = 2 ** 31 - 1;

/** Whether a value is a whole number from 0 up to the largest. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST;

/** Reads fields of a config.json, or of another JSON file, each checked when it is asked for. */
export class ConfigReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  /** What stands before a field's name in messages. */
  readonly #path: string;
  readonly #file: string;

  /** @param config an object @param file its name, for messages */
  constructor(config: unknown, path = '', file = 'config.json') {
    this.#fields = config as Readonly<Record<string, unknown>>;
    this.#path = path;
    this.#file = file;
  }

  /** The fields of an object; none when it is absent. */
  section(name: string): ConfigReader {
    const value = this.#fields[name] ?? {};
    return typeof value === 'object' && !Array.isArray(value) ? new ConfigReader(value, `${this.#path}${name}.`, this.#file) : this.fail(name, 'an object');
  }

  /** The fields of each object in a list. */
  sections(name: string): ConfigReader[] {
    const list = this.list(name);
    const read = new ConfigReader(list, `${this.#path}${name}.`, this.#file);
    return list.map((_, index) => read.section(String(index)));
  }

  /** A list, of whatever. */
  list(name: string): readonly unknown[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? (value as unknown[]) : this.fail(name, 'a list');
  }

  /** The values of an object, whatever they are, by name. */
  entries(name: string): [name: string, value: unknown][] {
    const value = this.#fields[name];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : this.fail(name, 'an object');
  }

  /** A string of at most `longest` characters, `fallback` when absent. */
  text(name: string, longest: number, fallback?: string): string {
    const value = this.#fields[name] ?? fallback;
    return typeof value === 'string' && value.length <= longest ? value : this.fail(name, `a string of at most ${longest} characters`);
  }

  /** Whether a field is a string. */
  isText(name: string): boolean {
    return typeof this.#fields[name] === 'string';
  }

  /** Whether a field is there and not null. */
  has(name: string): boolean {
    return (this.#fields[name] ?? undefined) !== undefined;
  }

  /** A whole number from 1 up, `fallback` when absent. */
  size(name: string, fallback?: number): number {
    const value = this.#fields[name] ?? fallback;
    return isCount(value) && value >= 1 ? value : this.fail(name, `a whole number from 1 up to ${LARGEST}`);
  }

  /** A whole number from 0 up, `fallback` when absent. */
  count(name: string, fallback?: number): number {
    const value = this.#fields[name] ?? fallback;
    return isCount(value) ? value : this.fail(name, `a whole number from 0 up to ${LARGEST}`);
  }

  /** A whole number from 1 up; undefined when absent, or below 1, which Hugging Face uses for "none". */
  optionalSize(name: string): number | undefined {
    const value = this.#fields[name] ?? 0;
    if (Number.isSafeInteger(value) && (value as number) < 1) return undefined;
    return isCount(value) ? value : this.fail(name, `a whole number up to ${LARGEST}`);
  }

  /** A hidden size and the number of heads that it is divided among. */
  sizeAndHeads(sizeName: string, headsName: string): [size: number, heads: number] {
    const [size, heads] = [this.size(sizeName), this.size(headsName)];
    if (size % heads === 0) return [size, heads];
    throw new UnmaskError(`config.json: ${sizeName} ${size} is no multiple of ${headsName} ${heads}`, { code: 'bad-file' });
  }

  /** A number above 0, `fallback` when absent. */
  positive(name: string, fallback?: number): number {
    const value = this.#fields[name] ?? fallback;
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : this.fail(name, 'a number above 0');
  }

  /** True or false, `fallback` when absent. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.#fields[name] ?? fallback;
    return typeof value === 'boolean' ? value : this.fail(name, 'true or false');
  }

  /** Refuses a flag that is set, or that has the value `refused`. @throws UnmaskError with the reason */
  refuse(name: string, reason: string, refused = true): void {
    if (this.flag(name, !refused) !== refused) return;
    throw new UnmaskError(`${this.#file}: "${this.#path}${name}" is ${refused}, but ${reason}`, { code: 'unsupported' });
  }

  /** A number in [0, 1), `fallback` when absent. */
  fraction(name: string, fallback: number): number {
    const value = this.#fields[name] ?? fallback;
    return typeof value === 'number' && value >= 0 && value < 1 ? value : this.fail(name, 'a number from 0 up to 1');
  }

  /** One of the `allowed` strings, `fallback` when absent. */
  choice<T extends string>(name: string, allowed: readonly T[], fallback?: T): T {
    const value = (this.#fields[name] ?? fallback) as T;
    return allowed.includes(value) ? value : this.fail(name, `one of ${allowed.join(', ')}`);
  }

  /** Several of the `allowed` strings, as a list or joined by "|"; none when absent. */
  choices<T extends string>(name: string, allowed: readonly T[]): T[] {
    const value = this.#fields[name] ?? [];
    const items: unknown = typeof value === 'string' ? value.toLowerCase().split('|').map((item) => item.trim()) : value;
    return Array.isArray(items) && items.every((item) => allowed.includes(item as T)) ? (items as T[]) : this.fail(name, `some of ${allowed.join(', ')}`);
  }

  /** @throws UnmaskError that says what a field is, and what it should be */
  fail(name: string, expected: string): never {
    throw new UnmaskError(`${this.#file}: "${this.#path}${name}" is ${shown(this.#fields[name])}, expected ${expected}`, { code: 'bad-file' });
  }
}
