import type { EncodedExample } from '../../encoding/encoded.js';

/**
 * Packs short examples into as few sequences of `length` tokens as comes of taking the longest first, each into the fullest
 * sequence that has room for it (best fit decreasing). The model keeps the texts of a sequence apart, so that each token has the
 * loss that it has by itself.
 * @param length in tokens; longer examples stay alone
 */
export function packed(examples: readonly EncodedExample[], length: number): EncodedExample[] {
  const byLength = [...examples].sort((a, b) => b.inputIds.length - a.inputIds.length);
  const bins: EncodedExample[][] = [];
  /** Sequences that have so much room, by the room. */
  const open = new Map<number, EncodedExample[][]>();
  for (const example of byLength) {
    let room = example.inputIds.length;
    while (room <= length && !open.get(room)?.length) room++;
    const bin = open.get(room)?.pop() ?? [];
    if (bin.length === 0) bins.push(bin);
    bin.push(example);
    const left = (bin.length === 1 ? length : room) - example.inputIds.length;
    if (left > 0) open.set(left, [...(open.get(left) ?? []), bin]);
  }
  return bins.map(joined);
}

/** Examples one after another as one, each a text of its own. */
function joined(examples: readonly EncodedExample[]): EncodedExample {
  const starts: number[] = [];
  let end = 0;
  for (const { inputIds } of examples) {
    starts.push(end);
    end += inputIds.length;
  }
  const together = (row: (example: EncodedExample, index: number) => Int32Array) => {
    const values = new Int32Array(end);
    examples.forEach((example, index) => values.set(row(example, index), starts[index]));
    return values;
  };
  return {
    inputIds: together(({ inputIds }) => inputIds),
    tokenTypeIds: together(({ tokenTypeIds }) => tokenTypeIds),
    texts: together(({ inputIds }, index) => new Int32Array(inputIds.length).fill(index + 1)),
    labels: examples.flatMap(({ labels }) => labels),
    rows: examples.flatMap(({ rows }, index) => rows.map((row) => starts[index] + row)),
  };
}

/** The tokens of examples one after another, in sequences of `length` tokens, the last one shorter; each token but the first of a sequence is a label. */
export function cut(examples: readonly EncodedExample[], length: number): EncodedExample[] {
  const sequences: EncodedExample[] = [];
  let ids: number[] = [];
  const end = () => {
    if (ids.length > 1) sequences.push({ inputIds: Int32Array.from(ids), tokenTypeIds: new Int32Array(ids.length), labels: ids.slice(1), rows: ids.slice(1).map((_, row) => row) });
    ids = [];
  };
  for (const { inputIds } of examples) {
    for (const id of inputIds) if (ids.push(id) === length) end();
  }
  end();
  return sequences;
}
