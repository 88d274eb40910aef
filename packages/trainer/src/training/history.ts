import { appendTo, joinPath, readText, writeWhole } from '@unmask/tensor-core';
import { FILES, type HistoryLine } from '../files/names.js';
import { historyLineSchema } from '../files/schemas.js';
import { parseStored } from '../files/stored-json.js';
import { eventFileStart, eventRecords } from './tensorboard.js';

/** The lines of a run's history, none if it is absent, up to the first that was cut off or damaged. @param folder of the run */
export async function readHistory(folder: string): Promise<HistoryLine[]> {
  const text = (await readText(joinPath(folder, FILES.history)).catch(() => undefined)) ?? '';
  const lines: HistoryLine[] = [];
  for (const line of text.split('\n')) {
    try {
      lines.push(parseStored(line, historyLineSchema, 'a line'));
    } catch {
      break;
    }
  }
  return lines;
}

/** Writes a run's history as it comes, line by line, and the same as an event file for TensorBoard if asked. */
export class HistoryWriter {
  readonly #path: string;
  readonly #events: string | undefined;

  private constructor(path: string, events: string | undefined) {
    this.#path = path;
    this.#events = events;
  }

  /**
   * Goes on with the history of a run after `step` steps: what came later, from a part of it that is to be repeated, is dropped.
   * @param folder of the run
   */
  static async resume(folder: string, step: number, { tensorboard = false } = {}): Promise<HistoryWriter> {
    const kept = step === 0 ? [] : (await readHistory(folder)).filter((line) => line.step <= step);
    const [path, events] = [joinPath(folder, FILES.history), joinPath(folder, FILES.events)];
    await writeWhole(path, kept.map(lineOf).join(''));
    if (tensorboard) await writeWhole(events, [eventFileStart(now()), eventRecords(kept, now())]);
    return new HistoryWriter(path, tensorboard ? events : undefined);
  }

  async add(...lines: readonly HistoryLine[]): Promise<void> {
    await appendTo(this.#path, lines.map(lineOf).join(''));
    if (this.#events !== undefined) await appendTo(this.#events, eventRecords(lines, now()));
  }
}

const lineOf = (line: HistoryLine) => `${JSON.stringify(line)}\n`;
const now = () => Date.now() / 1000;
