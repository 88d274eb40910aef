// Classes of characters as HF tokenizers has them. Some of its tables are older than JavaScript's: what came later is taken
// out, as found by asking it about every code point.

const LATER_PUNCTUATION = String.raw`\u061d\u09fd-\u0a76\u0c77-\u0c84\u1b4e\u1b4f\u1b7d-\u1b7f\u2e43-\u2e5d\u{10d6e}-\u{10f89}\u{113d4}-\u{1145d}\u{11660}-\u{116b9}\u{1183b}-\u{11fff}\u{12ff1}\u{12ff2}\u{16d6d}-\u{16fe2}\u{1e5ff}-\u{1e95f}`;
const LATER_NONSPACING_MARKS = String.raw`\u07fd\u0897-\u08e1\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0d00\u0d3b\u0d3c\u0d81\u0eba\u0ece\u180f-\u1886\u1abf-\u1aeb\u1df6-\u1dfb\ua82c\ua8c5\ua8ff\ua9bd\u{10d24}-\u{10f85}\u{11070}-\u{11074}\u{110c2}\u{111c9}\u{111cf}\u{1123e}-\u{11241}\u{1133b}\u{113bb}-\u{1145e}\u{1182f}-\u{1612f}\u{16f4f}\u{16fe4}\u{1cf00}-\u{1cf46}\u{1e000}-\u{1e6f5}\u{1e944}-\u{1e94a}`;
const LATER_MARKS = String.raw`\u07fd\u0897-\u08d3\u09fe\u0afa-\u0aff\u0b55\u0c04-\u0c3c\u0cf3-\u0d00\u0d3b\u0d3c\u0d81\u0eba\u0ece\u1715\u180f\u1abf-\u1aeb\u1cf7\u1df6-\u1dfa\ua82c\ua8ff\u{10d24}-\u{10f85}\u{11070}-\u{11074}\u{110c2}\u{11145}\u{11146}\u{111c9}\u{111ce}\u{111cf}\u{11241}\u{1133b}\u{113b8}-\u{113e2}\u{1145e}\u{1182c}-\u{11b67}\u{11d31}-\u{1612f}\u{16f4f}\u{16f7f}-\u{16f87}\u{16fe4}-\u{16ff1}\u{1cf00}-\u{1cf46}\u{1e08f}-\u{1e6f5}`;
const LATER_CONTROL = String.raw`\u0890-\u08e2\u{110cd}-\u{1343f}`;
const LATER_FORMS = String.raw`\u32ff\ua7f1-\ua7f4\uab69\u{105c9}-\u{105e4}\u{10781}-\u{107ba}\u{11383}-\u{113c8}\u{11938}\u{16121}-\u{16128}\u{16d68}-\u{16d6a}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e06d}\u{1f16c}\u{1fbf0}-\u{1fbf9}`;

const all = (classes: string): RegExp => new RegExp(classes, 'gv');

/** Blanks (Rust, `char::is_whitespace`, and `\s`). */
export const BLANKS = all(String.raw`\p{White_Space}`);

/** Numbers of all scripts, fractions too (Rust, `char::is_numeric`). */
export const NUMERIC = all(String.raw`\p{N}`);

/** What words consist of (`\w` of Rust's regular expressions). */
export const WORD = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;

/** Punctuation, and all of ASCII that is neither of a word nor blank nor control. */
export const PUNCTUATION = all(String.raw`[[\p{P}$+<=>^${'`'}\|~\u166d\u{111c9}]--[${LATER_PUNCTUATION}]]`);

/** Control and private characters, U+FFFD among them, but for tabs and line ends. */
export const CONTROL = all(String.raw`[[\p{Cc}\p{Cf}\p{Co}\ufffd]--[\t\n\r${LATER_CONTROL}]]`);

/** Marks that take no room of their own. */
export const NONSPACING_MARKS = all(String.raw`[[\p{Mn}\u1734\u{1171e}]--[${LATER_NONSPACING_MARKS}]]`);

/** Marks that combine with what they follow. */
export const MARKS = all(String.raw`[[\p{M}\u1cf2\u1cf3]--[${LATER_MARKS}]]`);

const WITH_FORMS = new RegExp(`[^${LATER_FORMS}]+`, 'gu');

/** A text in a Unicode normalization form. */
export const inForm = (text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string => text.replaceAll(WITH_FORMS, (part) => part.normalize(form));
