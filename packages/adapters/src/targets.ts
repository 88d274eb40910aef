import { didYouMean, type Layer, Linear, type Module, UnmaskError } from '@unmask/tensor-core';
import type { ModuleTargets, TargetConfig } from './config.js';

/** A layer of a model with its dotted name. */
export type NamedLayer<L extends Layer = Layer> = readonly [path: string, layer: L];

/** A class of layers. */
export type LayerClass<L extends Layer> = abstract new (...options: never[]) => L;

/** Output layers, which `all-linear` leaves out as HF PEFT does: heads train in full or not at all. */
const OUTPUT_LAYERS = /(^|\.)(lm_head|classifier|score|decoder|vocab_projector|generator_lm_head|pre_classifier)(\.|$)|^(cls|lm_head)\./;

/**
 * The layers that a configuration names (HF PEFT tuners_utils.py, check_target_module_exists): a list holds whole names or
 * their ends, a string is a regular expression for whole names, `all-linear` every linear layer but the output's.
 * @param defaults what null stands for: the ends of names that the method attaches to in this family
 * @param kinds the classes of layers that the method can attach to
 * @throws UnmaskError naming what matched nothing
 */
export function findTargets<L extends Layer>(model: Module, config: ModuleTargets & Partial<TargetConfig>, defaults: readonly string[] | undefined, kinds: readonly LayerClass<L>[]): NamedLayer<L>[] {
  const layers = model.namedModules().filter((entry): entry is [string, L] => kinds.some((kind) => entry[1] instanceof kind));
  const targets = config.target_modules ?? defaults;
  if (targets === undefined) {
    throw new UnmaskError('target_modules is not given, and this family of models has no default: name layers, or write "all-linear"', { code: 'bad-data' });
  }
  const named = layers.filter(([path, layer]) => (targets === 'all-linear' ? layer instanceof Linear && !OUTPUT_LAYERS.test(path) : matches(path, targets)));
  if (named.length === 0) throw unmatched(targets, layers);
  const kept = named.filter(([path]) => (config.exclude_modules === null || !matches(path, config.exclude_modules)) && inLayers(path, config));
  if (kept.length === 0) {
    throw new UnmaskError(`target_modules ${JSON.stringify(targets)} matched ${named.length} layers, all of which exclude_modules or layers_to_transform leave out`, { code: 'bad-data' });
  }
  return kept;
}

/** Whether a dotted name is one of `names` or ends with one, or matches the regular expression as a whole. */
export function matches(path: string, names: readonly string[] | string): boolean {
  if (typeof names !== 'string') return names.some((name) => path === name || path.endsWith(`.${name}`));
  try {
    return new RegExp(`^(?:${names})$`).test(path);
  } catch (cause) {
    throw new UnmaskError(`"${names}" is no regular expression: give one for whole names, or a list of names`, { code: 'bad-data', cause });
  }
}

/** Whether a layer lies in one of the numbered transformer layers. */
function inLayers(path: string, { layers_to_transform: wanted = null, layers_pattern: pattern = null }: Partial<TargetConfig>): boolean {
  if (wanted === null) return true;
  const lists = pattern === null || pattern.length === 0 ? ['[^.]*'] : [pattern].flat();
  const index = lists.map((list) => new RegExp(`^.*\\.${list}\\.(\\d+)\\.`).exec(`.${path}`)?.[1]).find((found) => found !== undefined);
  return index !== undefined && [wanted].flat().includes(Number(index));
}

function unmatched(targets: readonly string[] | string, layers: readonly NamedLayer[]): UnmaskError {
  const ends = [...new Set(layers.map(([path]) => path.split('.').at(-1)!))];
  const guess = didYouMean([targets].flat()[0] ?? '', ends);
  return new UnmaskError(`target_modules ${JSON.stringify(targets)} matched none of ${layers.length} layers${guess || `; they end in ${ends.join(', ')}`}`, { code: 'not-found' });
}
