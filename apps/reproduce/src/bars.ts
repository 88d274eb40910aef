import { type GenericFormatter, MultiBar, Presets, type SingleBar } from 'cli-progress';
import { fittedLine } from './fitted-line.js';

/** Bars side by side on standard error: live in a terminal, a line each every few seconds elsewhere. */
export class Bars {
  #view: MultiBar | undefined;
  readonly #shown = new Map<object, SingleBar>();

  /** The bar of an owner, begun if it has none. Facts behind it are the payload of an update. */
  of(owner: object, title: string, total: number): SingleBar {
    const shown = this.#shown.get(owner);
    if (shown) return shown;
    this.#view ??= new MultiBar({ stream: process.stderr, hideCursor: true, noTTYOutput: true, notTTYSchedule: 5000, etaBuffer: 20 }, Presets.shades_classic);
    const format: GenericFormatter = (_, { value, total: all, eta }, { facts }: { facts: readonly string[] }) => fittedLine({ title, value, total: all, facts, eta }, process.stderr.columns || Infinity);
    const bar = this.#view.create(total, 0, { facts: [] }, { format });
    this.#shown.set(owner, bar);
    return bar;
  }

  /** Ends an owner's bar; the last one stays to be read. */
  end(owner: object): void {
    const bar = this.#shown.get(owner);
    if (!bar) return;
    if (this.#shown.size === 1) return this.stop();
    this.#shown.delete(owner);
    this.#view?.remove(bar);
  }

  /** Ends all bars; they stay to be read. */
  stop(): void {
    this.#view?.stop();
    this.#view = undefined;
    this.#shown.clear();
  }
}
