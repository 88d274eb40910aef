/** What loses its spaces, in this order (HF transformers, clean_up_tokenization). */
const REPLACEMENTS: readonly (readonly [string, string])[] = [
  ...[' .', ' ?', ' !', ' ,'].map((text) => [text, text.slice(1)] as const),
  [" ' ", "'"],
  ...[" n't", " 'm", " 's", " 've", " 're"].map((text) => [text, text.slice(1)] as const),
];

/** Takes out the spaces that joining words left before English punctuation and contractions. */
export function cleanUpSpaces(text: string): string {
  return REPLACEMENTS.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text);
}
