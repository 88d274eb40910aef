/** Letters in lower case one by one, so that a Σ at the end of a word becomes σ, not ς (Rust, char::to_lowercase). */
export const lowercase = (text: string): string => text.replaceAll('Σ', 'σ').toLowerCase();

/** SentencePiece's cleaning: control characters go, other blanks become spaces (HF tokenizers, do_nmt). */
export const nmt = (text: string): string =>
  text.replaceAll(/[\x01-\x08\x0B\x0E-\x1F\x7F\x8F\x9F]/g, '').replaceAll(/[\t\n\f\r\u1680\u200B-\u200F\u2028\u2029\u2581\uFEFF\uFFFD]/g, ' ');
