import { ConfigReader } from '../config.js';
import type { Pipeline } from './pipeline.js';

/** What a special token is for. */
export type SpecialTokenRole = 'bos' | 'eos' | 'unk' | 'sep' | 'pad' | 'cls' | 'mask';

/** A tokenizer's special tokens, those that it has. */
export type SpecialTokens = Readonly<Partial<Record<SpecialTokenRole, { readonly token: string; readonly id: number }>>>;

/** The names that model classes of HF transformers give tokens when a checkpoint's files name none. */
const USUAL: Readonly<Record<SpecialTokenRole, readonly string[]>> = {
  bos: ['<s>', '<|endoftext|>'],
  eos: ['</s>', '<|endoftext|>'],
  unk: ['[UNK]', '<unk>', '<|endoftext|>'],
  sep: ['[SEP]', '</s>'],
  pad: ['[PAD]', '<pad>'],
  cls: ['[CLS]', '<s>'],
  mask: ['[MASK]', '<mask>'],
};

const ROLES = Object.keys(USUAL) as SpecialTokenRole[];

/** Most characters of a token. */
const LONGEST = 10_000;

/** How the files name a special token: as an object with its content. @throws UnmaskError when it is neither that nor a text */
function namedToken(files: readonly ConfigReader[], role: SpecialTokenRole): ConfigReader | undefined {
  const name = `${role}_token`;
  const file = files.find((each) => each.has(name));
  return file?.isText(name) ? new ConfigReader({ content: file.text(name, LONGEST) }, `${name}.`, 'tokenizer_config.json') : file?.section(name);
}

/** The tokens that tokenizer_config.json lists by their ids (`added_tokens_decoder`). */
export function listedTokens(config: ConfigReader): ConfigReader[] {
  const list = config.section('added_tokens_decoder');
  const ids = config.has('added_tokens_decoder') ? config.entries('added_tokens_decoder').map(([id]) => id) : [];
  return ids.sort((first, second) => Number(first) - Number(second)).map((id) => list.section(id));
}

/** The special tokens that the files name. @param files tokenizer_config.json and special_tokens_map.json, the first one counting first */
export const namedTokens = (files: readonly ConfigReader[]): ConfigReader[] => ROLES.flatMap((role) => namedToken(files, role) ?? []);

/**
 * The special tokens that tokenizer_config.json names, then special_tokens_map.json; where neither names any, as for many
 * old checkpoints, the special tokens of tokenizer.json with the usual names.
 * @param files the two files, the first one counting first
 * @throws UnmaskError when one of them names something that is no token
 */
export function findSpecialTokens(files: readonly ConfigReader[], pipeline: Pipeline): SpecialTokens {
  const named = (role: SpecialTokenRole): string | undefined => namedToken(files, role)?.text('content', LONGEST);
  const usual = (role: SpecialTokenRole) => USUAL[role].find((token) => pipeline.specialTokens.has(token));
  const tokenOf = ROLES.some((role) => named(role) !== undefined) ? named : usual;
  return Object.fromEntries(
    ROLES.flatMap((role) => {
      const token = tokenOf(role);
      const id = token === undefined ? undefined : pipeline.idOf(token);
      return id === undefined ? [] : [[role, { token, id }]];
    }),
  );
}
