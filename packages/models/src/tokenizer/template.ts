import { UnmaskError } from '@unmask/tensor-core';
import { type Component, stepsOf, type TokenizerDefinition } from './definition.js';

/** A place of a template: a special token, or the tokens of the first (0) or second (1) text. */
type Place = { readonly type: number } & ({ readonly id: number; readonly text?: never } | { readonly text: 0 | 1; readonly id?: never });

/** Where the texts and the special tokens of a sequence stand, and the segment (`type`) of each. */
export type Template = readonly Place[];

/** The templates of one text and of a pair. */
export interface Templates {
  readonly single: Template;
  readonly pair: Template;
}

const [FIRST, SECOND]: Template = [
  { text: 0, type: 0 },
  { text: 1, type: 1 },
];

/**
 * Reads the templates that a tokenizer.json's post-processor stands for (HF tokenizers, processors/).
 * @throws UnmaskError for a kind of post-processor that is not known
 */
export function parseTemplates({ post_processor }: TokenizerDefinition): Templates {
  const steps = stepsOf(post_processor).filter(({ type }) => type !== 'ByteLevel'); // which only moves offsets
  if (steps.length === 0) return { single: [FIRST], pair: [FIRST, SECOND] };
  const parse = PARSERS[steps[0].type];
  if (steps.length === 1 && parse) return parse(steps[0]);
  const known = [...Object.keys(PARSERS), 'ByteLevel'].join(', ');
  throw new UnmaskError(`tokenizer.json: a post-processor of ${steps.map(({ type }) => type).join(' and ')} is not supported, only one of ${known}`, { code: 'unsupported' });
}

const PARSERS: Readonly<Record<string, ((step: Component) => Templates) | undefined>> = {
  TemplateProcessing: ({ single, pair, special_tokens }) => {
    type Piece = { SpecialToken?: { id: string; type_id: number }; Sequence?: { id: 'A' | 'B'; type_id: number } };
    const specials = special_tokens as Record<string, { ids: number[] }>;
    const template = (pieces: unknown): Template =>
      (pieces as Piece[]).flatMap(({ SpecialToken, Sequence }): Template => {
        if (SpecialToken) return specials[SpecialToken.id].ids.map((id) => ({ id, type: SpecialToken.type_id }));
        return Sequence ? [{ text: Sequence.id === 'A' ? 0 : 1, type: Sequence.type_id }] : [];
      });
    return { single: template(single), pair: template(pair) };
  },
  BertProcessing: (step) => {
    const { cls, sep } = endsOf(step);
    return { single: [cls, FIRST, sep], pair: [cls, FIRST, sep, SECOND, { ...sep, type: 1 }] };
  },
  // every segment is the first
  RobertaProcessing: (step) => {
    const { cls, sep } = endsOf(step);
    return { single: [cls, FIRST, sep], pair: [cls, FIRST, sep, sep, { ...SECOND, type: 0 }, sep] };
  },
};

/** Both are stored as [token, id]. */
function endsOf({ cls, sep }: Component): { cls: Place; sep: Place } {
  const place = (stored: unknown): Place => ({ id: (stored as [string, number])[1], type: 0 });
  return { cls: place(cls), sep: place(sep) };
}

/** The template with the texts alone. */
export const withoutSpecialTokens = (template: Template): Template => template.filter(({ text }) => text !== undefined);

/** How many special tokens a template has. */
export const countSpecialTokens = (template: Template): number => template.length - withoutSpecialTokens(template).length;

/** Puts something that each text has for each of its tokens in the template's order, and `special` of an id for a special token. */
export function layOut<T>(template: Template, texts: readonly (readonly T[])[], special: (id: number) => T): T[] {
  return template.flatMap(({ id, text }) => (text === undefined ? [special(id)] : texts[text]));
}

/** The segment of each token, of texts of so many tokens. */
export function segments(template: Template, lengths: readonly number[]): number[] {
  return template.flatMap(({ text, type }) => new Array<number>(text === undefined ? 1 : lengths[text]).fill(type));
}
