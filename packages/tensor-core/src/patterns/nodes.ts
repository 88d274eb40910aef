/** A regular expression as a tree. Positions count characters (code points). */
export type PatternNode =
  /** One character. */
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  /** One after the other. */
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  /** One of several. */
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  /** `least` to `most` times. */
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly least: number; readonly most: number }
  /** A condition of a place, which takes no characters. */
  | { readonly kind: 'place'; readonly holds: (text: readonly string[], position: number) => boolean }
  /** What must, or must not, follow or precede a place. */
  | { readonly kind: 'look'; readonly item: PatternNode; readonly behind: boolean; readonly negative: boolean };

/** Letters of the flags that are on: `i`, `s`, `m`, `x`, `a`, `u`. */
export type Flags = ReadonlySet<string>;

/** A test of one character. */
export type CharacterTest = (character: string) => boolean;

/** What one character is, by the letter of Python's escape; the capital letter says the opposite. */
const CLASSES: Readonly<Record<string, readonly [unicode: RegExp, ascii: RegExp]>> = {
  d: [/^\p{Nd}$/u, /^[0-9]$/],
  s: [/^[\s\x1c-\x1f\x85]$/, /^[ \t\n\r\f\v]$/],
  w: [/^[\p{L}\p{N}_]$/u, /^[a-zA-Z0-9_]$/],
};

/** The test that an escaped letter such as `\d` or `\W` stands for, if it stands for one. */
export function classTest(letter: string, flags: Flags): CharacterTest | undefined {
  const tests = CLASSES[letter.toLowerCase()];
  if (!tests || letter.length !== 1) return undefined;
  const test = tests[flags.has('a') ? 1 : 0];
  return letter === letter.toLowerCase() ? (character) => test.test(character) : (character) => !test.test(character);
}

/** A test that takes a character in either case under the flag `i`. */
export function inAnyCase(test: CharacterTest, flags: Flags): CharacterTest {
  return flags.has('i') ? (character) => test(character) || test(character.toLowerCase()) || test(character.toUpperCase()) : test;
}

const isWord = (character: string | undefined) => character !== undefined && CLASSES.w[0].test(character);
const atWordBoundary = (text: readonly string[], position: number) => isWord(text[position - 1]) !== isWord(text[position]);
const atStart = (_: readonly string[], position: number) => position === 0;
const atEnd = (text: readonly string[], position: number) => position === text.length;

/** Places that an escaped letter stands for. */
export const PLACES: Readonly<Record<string, (text: readonly string[], position: number) => boolean>> = {
  A: atStart,
  Z: atEnd,
  z: atEnd,
  b: atWordBoundary,
  B: (text, position) => !atWordBoundary(text, position),
};

/** The place of `^`. */
export const lineStart = (flags: Flags) => (flags.has('m') ? (text: readonly string[], position: number) => position === 0 || text[position - 1] === '\n' : atStart);

/** The place of `$`: the end, before a line break that ends the text as well, or of any line. */
export function lineEnd(flags: Flags) {
  return (text: readonly string[], position: number) => atEnd(text, position) || (text[position] === '\n' && (flags.has('m') || position === text.length - 1));
}
