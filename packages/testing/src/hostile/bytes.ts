import fc from 'fast-check';

/** Something done to a file's bytes. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((flips) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    for (const [position, value] of flips) changed[position % bytes.length] = value;
    return changed;
  }),
  fc.nat().map((length) => (bytes: Uint8Array) => bytes.slice(0, length % bytes.length)),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 64 })).map(([position, inserted]) => (bytes: Uint8Array) => {
    const at = position % bytes.length;
    return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)]);
  }),
  fc.tuple(fc.nat(), fc.nat(), fc.nat(64)).map(([from, to, count]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    changed.set(changed.slice(from % bytes.length, (from % bytes.length) + count).subarray(0, bytes.length - (to % bytes.length)), to % bytes.length);
    return changed;
  }),
);

/** A file's bytes with some changed, cut off, put in or copied elsewhere. */
export function hostileBytes(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return damage.map((apply) => apply(bytes));
}
