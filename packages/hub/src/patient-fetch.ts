import { setTimeout as sleep } from 'node:timers/promises';

/** Attempts at one request, and the longest wait before the next that is worth it, in milliseconds. */
const [ATTEMPTS, LONGEST_WAIT] = [5, 60_000];

/** Codes of failures of a network that may be over soon; a host that is not there or refuses is not asked again. */
const PASSING = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** How often something is tried again, and after how long. */
export class Patience {
  readonly #firstWait: number;
  #attempt = 0;

  /** @param firstWait milliseconds before the second attempt; each further wait is twice as long */
  constructor(firstWait = 1000) {
    this.#firstWait = firstWait;
  }

  /**
   * Waits for the next attempt.
   * @param asked milliseconds that the other side asked to wait for
   * @returns false, without waiting, when there have been enough attempts, or the wait would be too long
   */
  async more(asked = 0): Promise<boolean> {
    const wait = Math.max(asked, this.#firstWait * 2 ** this.#attempt++);
    if (this.#attempt >= ATTEMPTS || wait > LONGEST_WAIT) return false;
    await sleep(wait);
    return true;
  }
}

/** A fetch that tries again, some times, after answers of 429 and 5xx and failures that may pass. */
export function patientFetch(fetch: typeof globalThis.fetch, firstWait?: number): typeof globalThis.fetch {
  return async (input, init) => {
    const patience = new Patience(firstWait);
    for (;;) {
      try {
        const answer = await fetch(input, init);
        if ((answer.status !== 429 && answer.status < 500) || !(await patience.more(retryAfter(answer.headers)))) return answer;
        await answer.body?.cancel();
      } catch (error) {
        if (!isPassing(error) || !(await patience.more())) throw error;
      }
    }
  };
}

/** Whether a failure of the network may be over soon. */
export function isPassing(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return PASSING.has(String(code)) || (cause instanceof Error && isPassing(cause));
}

/** Milliseconds that an answer asks to wait for: `Retry-After` in seconds or as a date. */
function retryAfter(headers: Headers): number {
  const value = headers.get('retry-after') ?? '';
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}
