import { didYouMean, type Layer, Linear, type Module, Pattern, shown, UnmaskError } from '@unmask/tensor-core';
import type { ModuleTargets, TargetConfig } from './config.js';

/** A layer of a model with its dotted name. */
export type NamedLayer<L extends Layer = Layer> = readonly [path: string, layer: L];

/** A class of layers. */
export type LayerClass<L extends Layer> = abstract new (...options: never[]) => L;

/** Output layers, which `all-linear` leaves out as HF PEFT does: heads train in full or not at all. */
const OUTPUT_LAYERS = /(^|\.)(lm_head|classifier|score|decoder|vocab_projector|generator_lm_head|pre_classifier)(\.|$)|^(cls|lm_head)\./;

/**
 * The layers that a configuration names (HF PEFT tuners_utils.py, check_target_module_exists): a list holds whole names or
 * their ends, a string is a regular expression of Python's for whole names, `all-linear` every linear layer but the output's.
 * Which transformer layers are wanted counts for ends of names and expressions alone.
 * @param defaults what null stands for: the ends of names that the method attaches to in this family
 * @param kinds the classes of layers that the method can attach to
 * @throws UnmaskError naming what matched nothing, or is no regular expression
 */
export function findTargets<L extends Layer>(model: Module, config: ModuleTargets & Partial<TargetConfig>, defaults: readonly string[] | undefined, kinds: readonly LayerClass<L>[]): NamedLayer<L>[] {
  const layers = model.namedModules().filter((entry): entry is [string, L] => kinds.some((kind) => entry[1] instanceof kind));
  const targets = config.target_modules ?? defaults;
  if (targets === undefined) {
    throw new UnmaskError('target_modules is not given, and this family of models has no default: name layers, or write "all-linear"', { code: 'bad-data' });
  }
  const isTarget = typeof targets === 'string' && targets.toLowerCase() === ALL_LINEAR ? isInnerLinear : byPath(nameTest(targets, 'target_modules'));
  const named = layers.filter(isTarget);
  if (named.length === 0) throw unmatched(targets, layers);
  const [isExcluded, isInLayers] = [nameTest(config.exclude_modules ?? [], 'exclude_modules'), layerTest(config)];
  const wholeNames = new Set(typeof targets === 'string' ? [] : targets);
  const kept = named.filter(([path]) => !isExcluded(path) && (wholeNames.has(path) || isInLayers(path)));
  if (kept.length === 0) {
    throw new UnmaskError(`target_modules ${shown(targets)} matched ${named.length} layers, all of which exclude_modules or layers_to_transform leave out`, { code: 'bad-data' });
  }
  return kept;
}

/** What stands for every linear layer but the output's. */
const ALL_LINEAR = 'all-linear';

const isInnerLinear = ([path, layer]: NamedLayer) => layer instanceof Linear && !OUTPUT_LAYERS.test(path);

const byPath = (test: (path: string) => boolean) => ([path]: NamedLayer) => test(path);

/**
 * Whether a dotted name is one of `names` or ends with one after a dot, or matches the regular expression as a whole.
 * @param field what they are called in messages
 * @throws UnmaskError when it is no regular expression
 */
export function nameTest(names: readonly string[] | string, field: string): (path: string) => boolean {
  if (typeof names === 'string') {
    const pattern = new Pattern(names, field);
    return (path) => pattern.matches(path);
  }
  const known = new Set(names);
  return (path) => endsOf(path).some((end) => known.has(end));
}

/** A dotted name, and what follows each of its dots. */
const endsOf = (path: string): string[] => path.split('.').map((_, index, parts) => parts.slice(index).join('.'));

/** The value of the first pattern that a name, or its end, matches (HF PEFT utils/other.py, get_pattern_key). @param field what they are called in messages */
export function patternValue(values: Readonly<Record<string, number>>, field: string): (path: string) => number | undefined {
  const patterns = Object.entries(values).map(([source, value]) => ({ pattern: new Pattern(source, field), value }));
  return (path) => patterns.find(({ pattern }) => pattern.matchesEnd(path))?.value;
}

/** Whether a layer lies in one of the numbered transformer layers. */
function layerTest({ layers_to_transform: given = null, layers_pattern: lists = null }: Partial<TargetConfig>): (path: string) => boolean {
  if (given === null) return () => true;
  const wanted = new Set([given].flat());
  const patterns = [lists ?? []].flat().map((list) => new Pattern(list, 'layers_pattern'));
  const numberIn = (path: string) => {
    if (patterns.length === 0) return /^.*?\.[^.]*\.(\d+)\./.exec(path)?.[1];
    return patterns.flatMap((pattern) => pattern.remainders(path)).map((rest) => /^\.(\d+)\./.exec(rest)?.[1]).find((number) => number !== undefined);
  };
  return (path) => {
    const number = numberIn(path);
    return number !== undefined && wanted.has(Number(number));
  };
}

function unmatched(targets: readonly string[] | string, layers: readonly NamedLayer[]): UnmaskError {
  const ends = [...new Set(layers.map(([path]) => path.split('.').at(-1)!))];
  const guess = didYouMean([targets].flat()[0] ?? '', ends);
  return new UnmaskError(`target_modules ${shown(targets)} matched none of ${layers.length} layers${guess || `; they end in ${ends.join(', ')}`}`, { code: 'not-found' });
}
