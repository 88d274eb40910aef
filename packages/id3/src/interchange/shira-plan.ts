import { didYouMean, UnmaskError, type Parameter } from '@unmask/tensor-core';
import { checkPart, type Delta, type DenseDelta, type SparseDelta } from '../delta/delta.js';

/** What PEFT is told that the model is for. */
export type PeftTaskType = 'SEQ_CLS' | 'TOKEN_CLS' | 'QUESTION_ANS' | 'CAUSAL_LM' | 'SEQ_2_SEQ_LM' | 'FEATURE_EXTRACTION';

/** Modules that PEFT adds to `modules_to_save` of its own accord, whether they changed or not (peft_model.py). */
const HEADS: Partial<Record<PeftTaskType, readonly string[]>> = {
  SEQ_CLS: ['classifier', 'score'],
  TOKEN_CLS: ['classifier', 'score'],
  QUESTION_ANS: ['qa_outputs'],
};

/** Where the parts of a delta go in a SHiRA adapter. */
export interface ShiraPlan {
  /** PEFT's `r`: each target holds exactly r · (rows + columns) entries. */
  readonly rank: number;
  readonly targets: readonly SparseDelta[];
  /** Module names for `modules_to_save`. */
  readonly modulesToSave: readonly string[];
  /** Every parameter that lies in what PEFT makes of `modulesToSave`: all of them must be in the file. */
  readonly whole: readonly Parameter[];
  /** Biases of linear layers that PEFT writes straight into the base model. */
  readonly biases: readonly Parameter[];
}

/** The parts of a delta that change something, by parameter name. */
export type Parts = ReadonlyMap<string, SparseDelta | DenseDelta>;

/** `a.b` of `a.b.weight`; empty for a parameter of the model itself. */
export const moduleOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

/** The parts by name. @throws UnmaskError when one fits no parameter of the base model */
export function partsByName(base: ReadonlyMap<string, Parameter>, delta: Delta): Parts {
  const parts = new Map<string, SparseDelta | DenseDelta>();
  for (const part of [...delta.entries, ...delta.dense]) {
    const { name, shape } = part;
    const parameter = base.get(name);
    if (!parameter) throw new UnmaskError(`the delta changes "${name}", which base does not have${didYouMean(name, base.keys())}`, { code: 'not-found' });
    if (parameter.shape.join() !== shape.join()) {
      throw new UnmaskError(`the delta has "${name}" of shape [${shape.join(', ')}], base of shape [${parameter.shape.join(', ')}]: use the base model that it was made from`);
    }
    checkPart(part, (problem) => new UnmaskError(`the delta of "${name}" ${problem}`));
    if (part.values.length > 0) parts.set(name, part);
  }
  return parts;
}

/**
 * Decides what SHiRA holds as entries and what must be stored whole, by the fewest bytes.
 * @throws UnmaskError `unsupported` when nothing is left for SHiRA, `not-found` when the task's head is absent
 */
export function planShira(
  base: ReadonlyMap<string, Parameter>, parts: Parts, isLinear: (name: string) => boolean, biasesInPlace: boolean, taskType?: PeftTaskType,
): ShiraPlan {
  const isWeight = (name: string): boolean => name.endsWith('.weight') && base.get(name)?.shape.length === 2 && isLinear(name);
  const rootLevel = [...parts.keys()].find((name) => moduleOf(name) === '');
  if (rootLevel !== undefined) {
    throw new UnmaskError(`the delta changes "${rootLevel}", which lies in no module, so a PEFT adapter cannot hold it: use saveDelta`, { code: 'unsupported' });
  }
  const biases = [...parts.keys()].filter((name) => biasesInPlace && name.endsWith('.bias') && isWeight(`${moduleOf(name)}.weight`));
  const candidates = [...parts.values()].filter((part): part is SparseDelta => part.indices !== undefined && isWeight(part.name));
  const placed = new Set([...biases, ...candidates.map(({ name }) => name)]);
  const heads = (taskType && HEADS[taskType]) ?? [];
  const patterns = new Set([...parts.keys()].filter((name) => !placed.has(name)).map(moduleOf));
  const headModules = matching(base, heads);
  if (heads.length > 0 && headModules.length === 0) {
    throw new UnmaskError(`PEFT wants a module named ${heads.join(' or ')} for task type ${taskType}, and base has none: pass the parameters of the whole model, or leave taskType out`, { code: 'not-found' });
  }
  const inside = (modules: readonly string[], name: string) => modules.some((module) => name.startsWith(`${module}.`));
  const fixed = [...headModules, ...matching(base, patterns)];
  const { rank, dense } = chooseRank(candidates.filter(({ name }) => !inside(fixed, name)));
  dense.forEach(({ name }) => patterns.add(moduleOf(name)));

  // PEFT takes every module whose name ends in a pattern, and wants all of its tensors.
  const modules = [...new Set([...headModules, ...matching(base, patterns)])];
  const targets = candidates.filter(({ name }) => !inside(modules, name));
  if (targets.length === 0) {
    throw new UnmaskError(
      'the delta leaves SHiRA nothing to hold: it needs a linear weight of which less than a third changes, in a layer whose bias ' +
        "does not change (unless biases is 'in-place'); use saveDelta, or save the whole model",
      { code: 'unsupported' },
    );
  }
  return {
    rank,
    targets,
    modulesToSave: modules.filter((module) => !inside(modules, module)).sort(),
    whole: [...base.values()].filter(({ name }) => inside(modules, name)),
    biases: biases.filter((name) => !inside(modules, name)).map((name) => base.get(name)!),
  };
}

/** The modules that PEFT wraps for some patterns: those whose names end in one, not always at a dot (other.py, _set_trainable). */
function matching(base: ReadonlyMap<string, Parameter>, patterns: Iterable<string>): string[] {
  const modules = new Set<string>();
  for (const name of base.keys()) for (let module = moduleOf(name); module !== ''; module = moduleOf(module)) modules.add(module);
  const wanted = [...patterns];
  return [...modules].filter((module) => wanted.some((pattern) => module.endsWith(pattern)));
}

/** Entries that a layer of this shape holds at rank 1. */
export const entriesPerRank = ([rows, columns]: readonly number[]): number => rows + columns;

/**
 * The rank of all targets together that takes the fewest bytes, and the layers that are cheaper to store whole. An entry of
 * SHiRA takes 12 bytes, padding too, and an entry of a whole weight 4.
 */
function chooseRank(layers: readonly SparseDelta[]): { rank: number; dense: readonly SparseDelta[] } {
  const needs = layers.map(({ indices, shape }) => Math.ceil(indices.length / entriesPerRank(shape)));
  let best = { rank: 0, dense: layers, bytes: Infinity };
  for (const rank of new Set(needs)) {
    let bytes = 0;
    const dense = layers.filter(({ shape }, at) => {
      const [sparse, whole] = [12 * rank * entriesPerRank(shape), 4 * shape[0] * shape[1]];
      const keepsWhole = needs[at] > rank || sparse > whole;
      bytes += keepsWhole ? whole : sparse;
      return keepsWhole;
    });
    if (dense.length < layers.length && bytes < best.bytes) best = { rank, dense, bytes };
  }
  return best;
}
