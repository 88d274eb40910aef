const PUNCTUATION = [' .', ' ?', ' !', ' ,'];
const CONTRACTIONS = [" 's", " 've", " 're"];

const withoutSpace = (text: string): readonly [string, string] => [text, text.slice(1)];

/** What loses its spaces, in this order (HF transformers, clean_up_tokenization). */
const SPACES = [...PUNCTUATION.map(withoutSpace), [" ' ", "'"] as const, ...[" n't", " 'm", ...CONTRACTIONS].map(withoutSpace)];

/** The same of HF tokenizers, which contracts one form more (decoders/wordpiece.rs, cleanup). */
const JOINTS = [...PUNCTUATION.map(withoutSpace), [" ' ", "'"] as const, ...[" n't", " 'm"].map(withoutSpace), [' do not', " don't"] as const, ...CONTRACTIONS.map(withoutSpace)];

const replaced = (text: string, replacements: readonly (readonly [string, string])[]) => replacements.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text);

/** Takes out the spaces that joining words left before English punctuation and contractions. */
export const cleanUpSpaces = (text: string): string => replaced(text, SPACES);

/** The same within a token, as WordPiece and CTC decoders do. */
export const joinPunctuation = (token: string): string => replaced(token, JOINTS);
