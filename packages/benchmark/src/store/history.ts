import { appendFile, readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../files.js';
import type { HistoryLine } from './run-files.js';

/** The lines of a history file, none if it is absent, up to the first that was cut off or damaged. */
export async function readHistory(path: string): Promise<HistoryLine[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines: HistoryLine[] = [];
  for (const line of text.split('\n')) {
    try {
      lines.push(JSON.parse(line) as HistoryLine);
    } catch {
      break;
    }
  }
  return lines;
}

/** Writes a history as it comes, line by line. */
export class HistoryWriter {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Goes on with the history of a run after `step` steps: what came later, from a part of it that is to be repeated, is dropped. */
  static async resume(path: string, step: number): Promise<HistoryWriter> {
    const kept = step === 0 ? [] : (await readHistory(path)).filter((line) => line.step <= step);
    await writeFileAtomically(path, kept.map(lineOf).join(''));
    return new HistoryWriter(path);
  }

  async add(...lines: readonly HistoryLine[]): Promise<void> {
    await appendFile(this.#path, lines.map(lineOf).join(''));
  }
}

const lineOf = (line: HistoryLine) => `${JSON.stringify(line)}\n`;
