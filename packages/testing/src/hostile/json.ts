import fc from 'fast-check';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Stand in a text for what JSON.stringify does not write. */
const RAW: Readonly<Record<string, string>> = {
  '"<deep>"': '['.repeat(100_000) + ']'.repeat(100_000),
  '"<deep object>"': '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
  '"<infinity>"': '1e999',
  '"<long number>"': '9'.repeat(5_000),
};

/** Regular expressions that take for ever, are none, or are too large. */
export const HOSTILE_PATTERNS: readonly string[] = [
  '(a+)+$', '(a|a)*b', '(?:\\w*)*☃', '(.*)*\\1', '(x+x+)+y', '[^☃]*[^☃]*☃', '\\s*\\s*\\s*☃', '(?=(a+)+b)', '(?:a{1,1000}){1,1000}b', 'x{1000000}', '(?:){1000000000}',
  '((((((((((a*)*)*)*)*)*)*)*)*)*)*b', '(?<name>a)\\k<name>', '', '|', '[', '(?', '\\p{Nothing}', '[^]', '$^', 'a'.repeat(50_000), '(?:'.repeat(3_000) + ')'.repeat(3_000),
];

const LEAVES: readonly Json[] = [
  null, true, false, 0, 1, -1, 0.5, 7, 300, 65_536, 2 ** 31, 2 ** 53, 1e9, 1e12, 1e300, '', 'x', '0', 'constructor', '__proto__', '\u0000', '\ud800', '☃\n☃', 'a'.repeat(10_000),
  [], {}, [[]], [null], [1e12], [''], { type: 'Sequence' }, { toString: 1, valueOf: null }, ...Object.keys(RAW).map((name) => JSON.parse(name) as string), ...HOSTILE_PATTERNS,
];

/** Names of fields, some of which an object has by nature. */
const NAMES = ['__proto__', 'constructor', 'toString', 'length', 'type', '', 'a\nb'];

/** One change: which of the document's containers, which of its entries, what to do, and with what. */
const edit = fc.record({
  container: fc.nat(),
  entry: fc.nat(),
  other: fc.nat(),
  kind: fc.constantFrom('replace' as const, 'replace' as const, 'delete' as const, 'rename' as const, 'swap' as const, 'copy' as const, 'nest' as const),
  value: fc.oneof(fc.constantFrom(...LEAVES), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string()),
  name: fc.constantFrom(...NAMES),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/**
 * A JSON document with fields deleted, renamed, exchanged, nested, of another type or with absurd values; sometimes one of
 * its fields stands there twice.
 */
export function hostileJson(document: object): fc.Arbitrary<string> {
  return fc.tuple(fc.array(edit, { minLength: 1, maxLength: 3 }), fc.option(fc.nat(), { freq: 8 })).map(([edits, repeated]) => {
    const changed = structuredClone(document) as Json;
    for (const each of edits) apply(changed, each);
    return repeatField(write(changed), repeated);
  });
}

function apply(document: Json, { container, entry, other, kind, value, name }: Edit): void {
  const containers = containersOf(document);
  const target = containers[container % containers.length] as Record<string, Json>;
  const names = Object.keys(target);
  if (names.length === 0) return;
  const [first, second] = [names[entry % names.length], names[other % names.length]];
  const before = target[first];
  if (kind === 'replace') target[first] = value;
  if (kind === 'nest') target[first] = [before];
  if (kind === 'copy') target[first] = structuredClone(target[second]);
  if (kind === 'swap') [target[first], target[second]] = [target[second], before];
  if (kind === 'delete' || kind === 'rename') {
    if (Array.isArray(target)) target.splice(Number(first), 1);
    else delete target[first];
  }
  if (kind === 'rename' && !Array.isArray(target)) Object.defineProperty(target, name, { value: before, enumerable: true, configurable: true, writable: true });
}

/** The objects and lists in a document, itself among them; of a long list only what is in its first few. */
function containersOf(value: Json): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Array.isArray(value) ? value.slice(0, 4) : Object.values(value);
  return [value, ...inner.flatMap(containersOf)];
}

function write(value: Json): string {
  return Object.entries(RAW).reduce((text, [name, raw]) => text.replaceAll(name, raw), JSON.stringify(value));
}

/** Puts a field that some objects have a second time at the start of an object. */
function repeatField(text: string, which: number | null): string {
  const starts = [...text.matchAll(/\{(?="(\w+)":)/g)];
  if (which === null || starts.length === 0) return text;
  const { index, 1: name } = starts[which % starts.length];
  return `${text.slice(0, index + 1)}"${name}":${which % 3},${text.slice(index + 1)}`;
}
