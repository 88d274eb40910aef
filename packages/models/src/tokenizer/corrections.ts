import { type Component, stepsOf, type TokenizerDefinition } from './definition.js';

// What `@huggingface/tokenizers` does otherwise than HF tokenizers, set right around it.

/** Digits are those of all scripts, and fractions too (`char::is_numeric` in Rust), not 0 to 9 alone. */
export function correctDefinition(definition: TokenizerDefinition): TokenizerDefinition {
  const correct = (component: Component): Component => {
    if (component.type === 'Digits') {
      return { type: 'Split', pattern: { Regex: component.individual_digits === true ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
    }
    return component.type === 'Sequence' ? { ...component, pretokenizers: (component.pretokenizers as Component[]).map(correct) } : component;
  };
  return { ...definition, pre_tokenizer: definition.pre_tokenizer && correct(definition.pre_tokenizer) };
}

/** Chinese characters beyond U+FFFF, in the ranges of BertNormalizer (HF tokenizers, is_chinese_char). */
const FAR_CHINESE = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/** Letters are lowered one by one, so a final Σ becomes σ and not ς, and Chinese characters beyond U+FFFF are words too. */
export function correctText(definition: TokenizerDefinition): (text: string) => string {
  const steps = stepsOf(definition.normalizer);
  const lowers = steps.some(({ type, lowercase }) => type === 'Lowercase' || (type === 'BertNormalizer' && lowercase === true));
  const spacesChinese = steps.some(({ type, handle_chinese_chars }) => type === 'BertNormalizer' && handle_chinese_chars === true);
  return (text) => {
    const lowered = lowers ? text.replaceAll('Σ', 'σ') : text;
    return spacesChinese ? lowered.replaceAll(FAR_CHINESE, ' $& ') : lowered;
  };
}

/** A run of byte tokens that is no valid UTF-8 becomes one U+FFFD a byte, and a byte order mark stays. */
export function correctTokens(definition: TokenizerDefinition): (tokens: readonly string[]) => readonly string[] {
  const hasBytes = stepsOf(definition.decoder).some(({ type }) => type === 'ByteFallback');
  return hasBytes ? joinBytes : (tokens) => tokens;
}

function joinBytes(tokens: readonly string[]): string[] {
  const joined: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) joined.push(textOf(Uint8Array.from(bytes)));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte) {
      bytes.push(parseInt(byte[1], 16));
    } else {
      flush();
      joined.push(token);
    }
  }
  flush();
  return joined;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return '\uFFFD'.repeat(bytes.length);
  }
}
