import { withoutActing } from './printable.js';

const MARKER = Symbol.for('unmask.error');

/**
 * What kind of mistake an {@link UnmaskError} reports; `interrupted` is none, but the user's wish to end, and `unfit` is a
 * machine that lacks what another may have.
 */
export type UnmaskErrorCode = 'bad-argument' | 'bad-file' | 'bad-data' | 'not-found' | 'unsupported' | 'interrupted' | 'unfit';

/** Options of {@link UnmaskError}. */
export interface UnmaskErrorOptions {
  /** Kind of mistake; `bad-argument` by default. */
  readonly code?: UnmaskErrorCode;
  /** The lower-level error behind this one. */
  readonly cause?: unknown;
  /** Further lines for people, such as all rows of a file that are wrong. */
  readonly details?: readonly string[];
}

/**
 * An error that the caller can mend: its one-line message says what was given, what is allowed and what to try.
 * Anything else that is thrown is a bug of ours.
 */
export class UnmaskError extends Error {
  readonly code: UnmaskErrorCode;
  readonly details: readonly string[];

  constructor(message: string, options: UnmaskErrorOptions = {}) {
    super(oneLine(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UnmaskError';
    this.code = options.code ?? 'bad-argument';
    this.details = (options.details ?? []).map(oneLine);
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** True for errors of this class, also when another copy of the package made them. */
  static isInstance(value: unknown): value is UnmaskError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}

/** Most characters of a message before and after what is left out of a longer one. */
const [HEAD, TAIL] = [700, 300];

/** A message on one line and of a length to read, even where a file's contents stand in it. */
function oneLine(message: string): string {
  const short = message.length <= HEAD + TAIL ? message : `${message.slice(0, HEAD)} … ${message.slice(-TAIL)}`;
  return withoutActing(short);
}

/** Most characters of a string and most entries of a list that {@link shown} writes out. */
const [LONGEST_STRING, LONGEST_LIST] = [80, 8];

/** A value from a file, for a message: simple ones and short lists of them as JSON, of others only what they are. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length <= LONGEST_STRING ? value : `${value.slice(0, LONGEST_STRING)}…`);
  if (Array.isArray(value)) {
    const simple = value.length <= LONGEST_LIST && value.every((entry) => typeof entry !== 'object' || entry === null);
    return simple ? `[${value.map(shown).join(',')}]` : `a list of ${value.length}`;
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Longest name that a suggestion is looked for. */
const LONGEST_NAME = 100;

/** Levenshtein distance between two short strings. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = previous[column - 1] + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[column] + 1, current[column - 1] + 1));
    }
    previous = current;
  }
  return previous[right.length];
}

/**
 * The suggestion that ends an error about an unknown name: `; did you mean "q_proj"?`,
 * or an empty string when nothing allowed is near `given` (more than a third of its letters differ).
 */
export function didYouMean(given: string, allowed: Iterable<string>): string {
  if (given.length > LONGEST_NAME) return '';
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const candidate of allowed) {
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? '' : `; did you mean "${best}"?`;
}
