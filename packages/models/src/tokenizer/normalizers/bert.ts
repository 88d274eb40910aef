import type { ConfigReader } from '../../config.js';
import { BLANKS, CONTROL, inForm, NONSPACING_MARKS } from '../unicode.js';
import { lowercase } from './characters.js';

/** Chinese characters (HF tokenizers, is_chinese_char); of the scripts beside them Japanese and Korean ones are none. */
const CHINESE = /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

/** Reads BERT's normalizer: what it does, in this order, is up to its settings. */
export function bert(settings: ConfigReader): (text: string) => string {
  const lowers = settings.flag('lowercase', true);
  const changes: [wanted: boolean, change: (text: string) => string][] = [
    [settings.flag('clean_text', true), (text) => text.replaceAll(CONTROL, '').replaceAll(BLANKS, ' ')],
    [settings.flag('handle_chinese_chars', true), (text) => text.replaceAll(CHINESE, ' $& ')],
    [settings.flag('strip_accents', lowers), (text) => inForm(text, 'NFD').replaceAll(NONSPACING_MARKS, '')],
    [lowers, lowercase],
  ];
  const wanted = changes.filter(([flag]) => flag).map(([, change]) => change);
  return (text) => wanted.reduce((changed, change) => change(changed), text);
}
