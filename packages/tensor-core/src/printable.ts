/**
 * Characters that do something where a text is shown instead of being shown: control characters, line and paragraph ends, and
 * marks that turn the direction of writing, behind which a text can say something else than it seems to.
 */
const ACTING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text from a file or a model, safe to show on a terminal: characters that act are written as \u001b. @param kept some of them that stay, such as line ends */
export function printable(text: string, kept = ''): string {
  return text.replace(ACTING, (character) => (kept.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** A text on one line, with a blank in place of characters that act. */
export function withoutActing(text: string): string {
  return text.replace(new RegExp(`(?:${ACTING.source})+`, 'gu'), ' ');
}
