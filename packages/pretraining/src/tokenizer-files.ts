import type { BytePairs } from './byte-pairs.js';

/** Tokens that begin and end a text and fill short rows, in the order of their ids. */
export const SPECIAL_TOKENS = ['<pad>', '<s>', '</s>'] as const;

/** What Hugging Face's files say of a tokenizer: file contents by name. */
export function tokenizerFiles({ tokens, merges }: BytePairs): Record<string, object> {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const [pad, bos, eos] = SPECIAL_TOKENS;
  const start = { SpecialToken: { id: bos, type_id: 0 } };
  const text = (id: 'A' | 'B') => ({ Sequence: { id, type_id: 0 } });
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: SPECIAL_TOKENS.map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] },
      post_processor: {
        type: 'TemplateProcessing',
        single: [start, text('A')],
        pair: [start, text('A'), text('B')],
        special_tokens: { [bos]: { id: bos, ids: [SPECIAL_TOKENS.indexOf(bos)], tokens: [bos] } },
      },
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
    'tokenizer_config.json': { tokenizer_class: 'PreTrainedTokenizerFast', bos_token: bos, eos_token: eos, pad_token: pad, clean_up_tokenization_spaces: false },
    'generation_config.json': { bos_token_id: SPECIAL_TOKENS.indexOf(bos), eos_token_id: SPECIAL_TOKENS.indexOf(eos), pad_token_id: SPECIAL_TOKENS.indexOf(pad) },
  };
}
