import { UnmaskError } from '@unmask/tensor-core';
import { ConfigReader, isCount } from '../config.js';

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
 * @throws UnmaskError naming a field that is missing or out of range, or a kind of post-processor that is not known
 */
export function parseTemplates(definition: object): Templates {
  const read = new ConfigReader(definition, '', 'tokenizer.json');
  const steps = read.has('post_processor') ? stepsOf(read.section('post_processor')).filter(({ type }) => type !== 'ByteLevel') : []; // which only moves offsets
  if (steps.length === 0) return { single: [FIRST], pair: [FIRST, SECOND] };
  const [{ type, step }] = steps;
  if (steps.length === 1 && Object.hasOwn(PARSERS, type)) return PARSERS[type](step);
  const known = [...Object.keys(PARSERS), 'ByteLevel'].join(', ');
  throw new UnmaskError(`tokenizer.json: a post-processor of ${steps.map(({ type }) => type).join(' and ')} is not supported, only one of ${known}`, { code: 'unsupported' });
}

/** The steps of a post-processor, those of sequences one by one. */
function stepsOf(step: ConfigReader): { type: string; step: ConfigReader }[] {
  const type = step.text('type', LONGEST_NAME);
  return type === 'Sequence' ? step.sections('processors').flatMap(stepsOf) : [{ type, step }];
}

/** Most characters of a kind or a token that a template names. */
const LONGEST_NAME = 1000;

const PARSERS: Readonly<Record<string, (step: ConfigReader) => Templates>> = {
  TemplateProcessing: (step) => {
    const specials = step.section('special_tokens');
    const template = (name: string, sequences: readonly ('A' | 'B')[]): Template => {
      const places = step.sections(name).flatMap((piece): Template => {
        if (piece.has('SpecialToken')) return specialPlaces(specials, piece.section('SpecialToken'));
        const sequence = piece.section('Sequence');
        return [{ text: sequence.choice('id', sequences) === 'A' ? 0 : 1, type: sequence.count('type_id') }];
      });
      const texts = places.flatMap(({ text }) => text ?? []);
      return new Set(texts).size === texts.length ? places : step.fail(name, 'a template in which each text stands once');
    };
    return { single: template('single', ['A']), pair: template('pair', ['A', 'B']) };
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

/** The places of a special token, which may stand for several ids. */
function specialPlaces(specials: ConfigReader, token: ConfigReader): Template {
  const stored = specials.section(token.text('id', LONGEST_NAME));
  const type = token.count('type_id');
  return stored.list('ids').map((id) => ({ id: isCount(id) ? id : stored.fail('ids', 'token ids'), type }));
}

/** Both are stored as [token, id]. */
function endsOf(step: ConfigReader): { cls: Place; sep: Place } {
  const place = (name: string): Place => {
    const id = step.list(name)[1];
    return { id: isCount(id) ? id : step.fail(name, 'a token and its id'), type: 0 };
  };
  return { cls: place('cls'), sep: place('sep') };
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
