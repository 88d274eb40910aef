/** Texts behind which an answer may be written, so that it does not stand at the beginning, where tokenizers put a space before it. */
const ANCHORS = ['', '\n', '.', 'a', '1'];

/**
 * The ids of a text that follows another. They are those of both texts together behind those of the first. Where the two would
 * share a token, as a blank at the end of a prompt does with the word behind it, they are ids by which both texts together read
 * the same.
 */
export function encodeAfter(before: string, text: string, encode: (text: string) => number[], decode: (ids: readonly number[]) => string): number[] {
  const [first, both] = [encode(before), encode(before + text)];
  const joint = behind(first, both);
  if (joint) return joint;
  const read = decode(both);
  for (const anchor of ANCHORS) {
    const ids = behind(encode(anchor), encode(anchor + text));
    if (ids && decode([...first, ...ids]) === read) return ids;
  }
  return encode(text);
}

/** What follows the first ids in the others; undefined where these do not begin with them, or nothing follows. */
function behind(first: readonly number[], ids: readonly number[]): number[] | undefined {
  return ids.length > first.length && first.every((id, index) => ids[index] === id) ? ids.slice(first.length) : undefined;
}
