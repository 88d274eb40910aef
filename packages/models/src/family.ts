import { UnmaskError } from '@unmask/tensor-core';
import type { FamilyLayout } from './layout.js';
import { type Head, type HeadKind, outputsOf, type TokenLimits, type TransformerModel } from './model.js';

/** A head that a family offers. */
export interface FamilyHead<C> {
  /** The class of HF transformers that has the same parameters, which a saved config.json names. */
  readonly architecture: string;
  /** Builds the model with fresh values everywhere. @param outputs classes of a classification, else 1 */
  build(config: C, outputs: number): TransformerModel;
}

/** A model with a head of its own. @param outputs as for {@link FamilyHead.build} */
export type HeadClass<C> = new (config: C, outputs: number) => TransformerModel;

/** @param architecture the name of HF's class */
export function familyHead<C>(architecture: string, Model: HeadClass<C>): FamilyHead<C> {
  return { architecture, build: (config, outputs) => new Model(config, outputs) };
}

/** The heads that classify or score. @param name what the names of HF's classes begin with */
export function taskHeads<C>(name: string, { sequence, token }: Readonly<Record<'sequence' | 'token', HeadClass<C>>>) {
  return {
    classification: familyHead(`${name}ForSequenceClassification`, sequence),
    regression: familyHead(`${name}ForSequenceClassification`, sequence),
    'token-classification': familyHead(`${name}ForTokenClassification`, token),
  };
}

/** The heads of an encoder, and the bare model without one. @param name what the names of HF's classes begin with */
export function encoderHeads<C>(name: string, { maskedLM, bare, ...task }: Readonly<Record<'sequence' | 'token' | 'maskedLM', HeadClass<C>>> & { readonly bare: (config: C) => TransformerModel }) {
  return { ...taskHeads(name, task), 'masked-lm': familyHead(`${name}ForMaskedLM`, maskedLM), 'hidden-states': { architecture: `${name}Model`, build: bare } };
}

/** A kind of model: one folder that knows its configuration, its names and its heads. */
export interface FamilyDefinition<C> {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** What checkpoints of the bare model leave out of parameter names, e.g. `bert`. */
  readonly baseModelPrefix: string;
  /** Parameters that a checkpoint may lack (they start afresh), by name: heads, and whatever training puts in place of a head. */
  readonly optional: RegExp;
  /** Checkpoint tensors that may have no place in the model, by name: buffers, and the heads of other tasks. */
  readonly ignored: RegExp;
  /** The name that a tensor has today for one that old checkpoints use. */
  readonly rename?: (name: string) => string;
  readonly layout: FamilyLayout;
  /** What the model's tables have rows for. */
  readonly limits: (config: C) => TokenLimits;
  /** Validates config.json. @throws UnmaskError naming the field */
  readonly parseConfig: (config: unknown) => C;
  readonly heads: { readonly [K in HeadKind]?: FamilyHead<C> };
}

/** A family as the loader sees it. */
export interface Family extends Omit<FamilyDefinition<unknown>, 'parseConfig' | 'heads' | 'limits'> {
  /** The heads that it offers. */
  readonly headKinds: readonly HeadKind[];
  /** The class of HF transformers that has the parameters of a model with this head. @throws UnmaskError when it has no such head */
  architecture(kind: HeadKind): string;
  /** What the tables of a model have rows for, by its config.json. @throws UnmaskError naming a bad field */
  limits(config: unknown): TokenLimits;
  /** Builds a model for a config.json, with fresh values everywhere. @throws UnmaskError naming a bad field, or when it has no such head */
  build(config: unknown, head: Head): TransformerModel;
}

/** The config.json of each model that a family built. */
const configs = new WeakMap<TransformerModel, Readonly<Record<string, unknown>>>();

/** The config.json that a model was built for; undefined for a model of someone else's. */
export const configOf = (model: TransformerModel): Readonly<Record<string, unknown>> | undefined => configs.get(model);

/** Makes a family of its definition. */
export function defineFamily<C>({ parseConfig, heads, limits, ...names }: FamilyDefinition<C>): Family {
  const headKinds = Object.keys(heads) as HeadKind[];
  const headOf = (kind: HeadKind): FamilyHead<C> => {
    const head = heads[kind];
    if (head) return head;
    throw new UnmaskError(`a ${names.modelType} model has no ${kind} head; it has ${headKinds.join(', ')}`, { code: 'unsupported' });
  };
  return {
    ...names,
    headKinds,
    limits: (config) => limits(parseConfig(config)),
    architecture: (kind) => headOf(kind).architecture,
    build: (config, head) => {
      const model = headOf(head.kind).build(parseConfig(config), outputsOf(head));
      configs.set(model, config as Readonly<Record<string, unknown>>);
      return model;
    },
  };
}
