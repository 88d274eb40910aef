import type { RunHooks } from '@unmask/benchmark';
import type { Progress } from './protocol.js';

/** Least milliseconds from one report to the next. */
const EVERY = 1000;

/** Reports a run's progress, every so often. */
export class ProgressReport {
  readonly #send: (progress: Progress) => Promise<void>;
  #progress: Progress;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(worker: string, send: (progress: Progress) => Promise<void>) {
    this.#progress = { worker };
    this.#send = send;
  }

  hooks(): RunHooks {
    return {
      onStart: ({ steps, budget }) => this.#set({ start: { steps, budget } }),
      onEstimate: (...estimate) => this.#set({ estimate }),
      onStep: ({ step, loss, learningRate, unmasked, examplesPerSecond }) => this.#set({ step: { step, loss, learningRate, unmasked, examplesPerSecond } }),
      onPredict: (...predict) => this.#set({ predict }),
      onNote: (note) => this.#set({ note }),
    };
  }

  /** Ends all reports. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
  }

  #set(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#sending.then(() => this.#send(this.#progress)).catch(() => undefined); // the next one says more
    }, EVERY);
  }
}
