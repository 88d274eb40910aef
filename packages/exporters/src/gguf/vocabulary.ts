import { UnmaskError } from '@unmask/tensor-core';
import type { GgufValue } from './container.js';

/** What is read of a tokenizer.json. */
interface TokenizerFile {
  readonly model: { readonly type?: string; readonly vocab: Readonly<Record<string, number>>; readonly merges?: readonly (string | readonly [string, string])[]; readonly unk_token?: string | null };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly pre_tokenizer?: PreTokenizer | null;
}
interface PreTokenizer {
  readonly type: string;
  readonly individual_digits?: boolean;
  readonly pattern?: { readonly Regex?: string };
  readonly pretokenizers?: readonly PreTokenizer[];
}

/** Kinds of tokens in a GGUF file. */
const KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The tokens by id, with their kinds. */
class Tokens {
  readonly texts: string[];
  readonly kinds: number[];

  constructor({ model, added_tokens: added = [] }: TokenizerFile, size: number) {
    this.texts = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
    this.kinds = this.texts.map(() => KIND.unused);
    for (const [text, id] of Object.entries(model.vocab)) this.#set(id, text, text === model.unk_token ? KIND.unknown : /^<0x[0-9A-F]{2}>$/.test(text) ? KIND.byte : KIND.normal);
    for (const { id, content, special } of added) this.#set(id, content, content === model.unk_token ? KIND.unknown : special ? KIND.control : KIND.userDefined);
  }

  #set(id: number, text: string, kind: number): void {
    if (id >= this.texts.length) return;
    this.texts[id] = text;
    this.kinds[id] = kind;
  }
}

const mergesOf = ({ model: { merges = [] } }: TokenizerFile) => merges.map((merge) => (typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge));

/** SentencePiece's tokens: of two possible merges the one whose token has the higher score comes first. */
function sentencePiece(file: TokenizerFile, { texts, kinds }: Tokens): [string, GgufValue][] {
  const ranks = new Map<string, number>();
  mergesOf(file).forEach(([left, right], rank) => ranks.set(left + right, Math.min(rank, ranks.get(left + right) ?? rank)));
  const scores = texts.map((text) => -(ranks.get(text) ?? 0));
  return [['model', { string: 'llama' }], ['tokens', { strings: texts }], ['scores', { floats: scores }], ['token_type', { integers: kinds }]];
}

/** Names by which llama.cpp knows ways to split a text before byte-level merges. */
function splitting({ pre_tokenizer: pre }: TokenizerFile): string | undefined {
  const parts = pre?.pretokenizers ?? (pre ? [pre] : []);
  const pattern = parts.find(({ type }) => type === 'Split')?.pattern?.Regex ?? '';
  if (pattern.includes('\\p{N}{1,3}')) return 'llama-bpe';
  if (pattern.includes('\\p{N}|')) return 'qwen2';
  if (pattern !== '' || !parts.some(({ type }) => type === 'ByteLevel')) return undefined;
  return parts.some(({ type, individual_digits: digits }) => type === 'Digits' && digits) ? 'smollm' : parts.length === 1 ? 'gpt-2' : undefined;
}

function byteLevel(file: TokenizerFile, { texts, kinds }: Tokens): [string, GgufValue][] {
  const pre = splitting(file);
  if (pre === undefined) throw new UnmaskError('GGUF: llama.cpp has no name for the way in which this tokenizer splits texts; use --to onnx', { code: 'unsupported' });
  const merges = mergesOf(file).map((merge) => merge.join(' '));
  return [['model', { string: 'gpt2' }], ['pre', { string: pre }], ['tokens', { strings: texts }], ['token_type', { integers: kinds }], ['merges', { strings: merges }]];
}

/** Beginnings of words have a mark instead of their continuations. */
function wordPiece({ texts, kinds }: Tokens): [string, GgufValue][] {
  const marked = texts.map((text, id) => (kinds[id] !== KIND.normal ? text : text.startsWith('##') ? text.slice(2) : `\u2581${text}`));
  return [['model', { string: 'bert' }], ['pre', { string: 'default' }], ['token_type_count', { uint32: 2 }], ['tokens', { strings: marked }], ['token_type', { integers: kinds }]];
}

/** Roles of tokens, by the fields of tokenizer_config.json. */
const ROLES = { bos_token: 'bos_token_id', eos_token: 'eos_token_id', unk_token: 'unknown_token_id', sep_token: 'seperator_token_id', pad_token: 'padding_token_id', cls_token: 'cls_token_id', mask_token: 'mask_token_id' } as const;

/**
 * What a GGUF file says about the tokenizer: its keys without `tokenizer.ggml.` before them.
 * @param definition the content of tokenizer.json
 * @param settings the content of tokenizer_config.json
 * @param size tokens that the model has vectors for
 * @throws UnmaskError for a kind that llama.cpp does not know
 */
export function vocabularyValues(definition: unknown, settings: Readonly<Record<string, unknown>>, size: number): [string, GgufValue][] {
  const file = definition as TokenizerFile;
  const tokens = new Tokens(file, size);
  const roles = Object.entries(ROLES).flatMap(([field, key]): [string, GgufValue][] => {
    const role = settings[field] as string | { readonly content?: string } | null | undefined;
    const id = tokens.texts.indexOf((typeof role === 'object' ? role?.content : role) ?? '');
    return id === -1 ? [] : [[key, { uint32: id }]];
  });
  const adds = (['bos', 'eos'] as const).flatMap((each): [string, GgufValue][] => {
    const flag = settings[`add_${each}_token`];
    return typeof flag === 'boolean' ? [[`add_${each}_token`, { bool: flag }]] : [];
  });
  const { type } = file.model;
  if (type === 'WordPiece') return [...wordPiece(tokens), ...roles];
  if (type !== 'BPE') throw new UnmaskError(`GGUF: a tokenizer of type ${String(type)} is not supported, BPE and WordPiece are; use --to onnx`, { code: 'unsupported' });
  return [...(Object.keys(file.model.vocab).some((text) => text.startsWith('\u2581')) ? sentencePiece(file, tokens) : byteLevel(file, tokens)), ...roles, ...adds];
}
