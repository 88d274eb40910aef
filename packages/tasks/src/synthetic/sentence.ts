/** A sentence of these words: first letter large, full stop at the end. */
export function sentence(...words: readonly string[]): string {
  const text = words.filter((word) => word !== '').join(' ').replaceAll(' ,', ',');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
