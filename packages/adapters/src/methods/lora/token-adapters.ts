import { Embedding, type Layer, Linear, type tf, UnmaskError } from '@unmask/tensor-core';
import { layoutOf } from '../../layout.js';
import { type BaseModel, LayerAdapter } from '../../method.js';
import { findTargets, type NamedLayer } from '../../targets.js';
import { type ScoredTokens, trainedTokens, type TrainableTokens } from '../trainable-tokens/trainable-tokens.js';
import type { LoraConfig } from './config.js';

/** Trained vectors of tokens beside LoRA, under the name that they have in files. */
class TokenAdapter extends LayerAdapter {
  readonly token_adapter: TrainableTokens;

  constructor(tokens: TrainableTokens) {
    super();
    this.token_adapter = tokens;
  }

  override get reachesTied(): boolean {
    return this.token_adapter.reachesTied;
  }

  override forward(ids: tf.Tensor, own: (ids: tf.Tensor) => tf.Tensor): tf.Tensor {
    return this.token_adapter.forward(ids, own);
  }

  override mergeInto(layer: Layer): void {
    this.token_adapter.mergeInto(layer as Embedding);
  }
}

/** The same vectors in a head, which files do not hold once more. */
class TiedTokenAdapter extends LayerAdapter {
  readonly #tokens: ScoredTokens;

  constructor(tokens: ScoredTokens) {
    super();
    this.#tokens = tokens;
  }

  override get reachesTied(): boolean {
    return true;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    return this.#tokens.forward(x, own);
  }

  override mergeInto(): void {
    this.#tokens.mergeInto();
  }
}

/**
 * Vectors of tokens that train beside LoRA (`trainable_token_indices`), in the tables that are named and in the heads that share
 * their weights (HF PEFT utils/other.py, set_additional_trainable_modules).
 * @throws UnmaskError for what is no table of vectors
 */
export function tokenAdapters(base: BaseModel, indices: LoraConfig['trainable_token_indices']): [path: string, adapter: LayerAdapter][] {
  if (indices === null) return [];
  const words = layoutOf(base).words;
  const lists = isList(indices) ? [[words, indices] as const] : Object.entries(indices);
  const tied = base.model.namedModules().filter(([, module]) => !(module instanceof Embedding)).map(([path]) => path);
  return lists.flatMap(([name, ids]) => {
    const repeats = tied.some((path) => path === name || path.endsWith(`.${name}`)) && lists.some(([other, same]) => other !== name && same.join() === ids.join());
    if (repeats) return []; // a head that shares the weight of a table with the same tokens
    const tables = findTargets(base.model, { target_modules: [name], exclude_modules: null }, undefined, [Embedding]);
    return trainedTokens(base.model, tables, ids, undefined).flatMap(({ path, tokens, heads }): [string, LayerAdapter][] => [
      [path, new TokenAdapter(tokens)],
      ...heads.map(([other, scored]): [string, LayerAdapter] => [other, new TiedTokenAdapter(scored)]),
    ]);
  });
}

/** @throws UnmaskError for a layer that an update of LoRA's stands around already */
export function requireApart(tokens: readonly (readonly [path: string, adapter: LayerAdapter])[], updated: readonly (readonly [path: string, adapter: LayerAdapter])[]): void {
  const both = tokens.find(([path]) => updated.some(([other]) => other === path));
  if (both) throw new UnmaskError(`"${both[0]}" is among both target_modules and trainable_token_indices, or shares its weight: leave it out of one`, { code: 'unsupported' });
}

/** @throws UnmaskError where `ensure_weight_tying` is to tie more than tokens: updates or copies of tables and heads with one weight */
export function requireTied({ model }: BaseModel, { ensure_weight_tying, modules_to_save }: LoraConfig, targets: readonly NamedLayer[]): void {
  if (!ensure_weight_tying) return;
  const words = model.namedModules().filter((entry): entry is [string, Embedding | Linear] => entry[1] instanceof Embedding || entry[1] instanceof Linear);
  const tied = words.filter(([, { weight }]) => words.filter(([, other]) => other.weight === weight).length > 1);
  const found = [...targets.map(([path]) => path), ...(modules_to_save ?? [])].find((name) => tied.some(([path]) => path === name || path.endsWith(`.${name}`)));
  if (found !== undefined) throw new UnmaskError(`ensure_weight_tying is for trainable_token_indices here, and "${found}" is a table or a head that shares its weight: leave one of them out`, { code: 'unsupported' });
}

function isList(indices: readonly number[] | Readonly<Record<string, readonly number[]>>): indices is readonly number[] {
  return Array.isArray(indices);
}
