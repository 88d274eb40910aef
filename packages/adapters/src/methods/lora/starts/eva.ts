import { hostValues, UnmaskError } from '@unmask/tensor-core';
import { eachInput } from '../../../model/calibration.js';
import type { EvaConfig, LoraConfig } from '../config.js';
import { IncrementalPca } from './incremental-pca.js';
import type { Initialization, LoraStart, StartContext, StartLayer } from './start.js';

/** Batches after which components that still turn are given up on. */
const MOST_BATCHES = 1000;

/** Layers that see the same inputs, and so have the same components. */
interface Group {
  readonly layers: readonly StartLayer[];
  readonly pca: IncrementalPca;
  /** Which components have stopped turning. */
  settled: readonly boolean[];
}

/**
 * EVA (Paischer et al. 2024; HF PEFT tuners/lora/eva.py): A holds the principal components of a layer's inputs, B starts at zero, and
 * the ranks go to the layers whose components explain most, up to rho·r each; a layer that gets none is not adapted.
 */
export const eva: Initialization = (layers, context) => {
  const groups = settledGroups(layers, context);
  const ranks = ranksOf(groups, layers);
  const { whiten, adjust_scaling_factors: adjusts } = context.config.eva_config!;
  const starts = groups.flatMap(({ layers: alike, pca }) =>
    alike.map((each): [string, LoraStart] => {
      const rank = ranks.get(each)!;
      const { inFeatures, outFeatures } = each.layer;
      const a = () => {
        const values = new Float32Array(rank * inFeatures);
        pca.components.slice(0, rank).forEach((component, k) => values.set(whiten ? component.map((value) => value / Math.sqrt(pca.values[k])) : component, k * inFeatures));
        return values;
      };
      return [each.path, { rank, scale: scaleOf(each, rank, context.config, adjusts), a, b: () => new Float32Array(outFeatures * rank) }];
    }),
  );
  const order = layers.map(({ path }) => path);
  return new Map(starts.filter(([, { rank }]) => rank > 0).sort(([left], [right]) => order.indexOf(left) - order.indexOf(right)));
};

/** s of a layer that has another rank than it was to have: alpha grows with the rank, or stays. */
function scaleOf({ rank: before, scale }: StartLayer, rank: number, { use_rslora }: LoraConfig, adjusts: boolean): number {
  const divisor = (each: number) => (use_rslora ? Math.sqrt(each) : each);
  return (scale * divisor(before) * (adjusts ? rank / before : 1)) / divisor(rank);
}

/** Looks at batches, again from the first after the last, until the components that ranks are given to have settled. */
function settledGroups(layers: readonly StartLayer[], { model, config, calibration }: StartContext): readonly Group[] {
  if (!calibration?.length) throw new UnmaskError('init_lora_weights "eva" looks at the inputs of layers: give getPeftModel some batches, { calibration: [{ inputs }] }', { code: 'bad-data' });
  const { rho, tau } = config.eva_config!;
  const inputsIn = (batch: number, of: readonly StartLayer[]) => {
    const inputs = new Map<string, Float32Array>();
    eachInput(model, of.map(({ path, layer }) => [path, layer]), calibration[batch % calibration.length], (path, rows) => inputs.set(path, hostValues(rows).slice()));
    return inputs;
  };
  const groups = groupsOf(layers, inputsIn(0, layers), rho);
  let ranks = new Map(groups.flatMap(({ layers: alike, settled }) => alike.map((each) => [each, settled.length])));
  const isSettled = (group: Group) => group.pca.components.length > 0 && group.settled.slice(0, ranks.get(group.layers[0])).every(Boolean);
  for (let batch = 0; ; batch++) {
    const turning = groups.filter((group) => !isSettled(group));
    if (turning.length === 0) return groups;
    if (batch === MOST_BATCHES) throw new UnmaskError(`the principal components for init_lora_weights "eva" still turn after ${MOST_BATCHES} batches: give larger batches, or a lower tau than ${tau}`, { code: 'bad-data' });
    const inputs = inputsIn(batch, turning.map(({ layers: [first] }) => first));
    for (const group of turning) look(group, inputs.get(group.layers[0].path)!, tau);
    if (groups.every(({ pca }) => pca.components.length > 0)) ranks = ranksOf(groups, layers);
    else if (batch >= calibration.length) throw new UnmaskError(`every calibration batch has fewer tokens than the ${Math.max(...groups.map(({ settled }) => settled.length))} components that init_lora_weights "eva" takes of a layer: give larger batches`, { code: 'bad-data' });
  }
}

/** Layers by equal inputs; each group has as many components as its largest rank allows. */
function groupsOf(layers: readonly StartLayer[], inputs: ReadonlyMap<string, Float32Array>, rho: EvaConfig['rho']): Group[] {
  const alike: StartLayer[][] = [];
  for (const each of layers) {
    const own = inputs.get(each.path)!;
    const same = alike.find(([first]) => {
      const other = inputs.get(first.path)!;
      return other.length === own.length && own.every((value, index) => value === other[index]);
    });
    if (same) same.push(each);
    else alike.push([each]);
  }
  return alike.map((group) => {
    const count = Math.max(...group.map(({ rank }) => Math.round(rank * rho)));
    const { inFeatures } = group[0].layer;
    if (count > inFeatures) throw new UnmaskError(`"${group[0].path}" has ${inFeatures} inputs, but init_lora_weights "eva" takes up to r·rho = ${count} components of them: choose a smaller r or rho`, { code: 'bad-data' });
    return { layers: group, pca: new IncrementalPca(count, group[0].random), settled: Array<boolean>(count).fill(false) };
  });
}

/** Adds a batch to a group's components, unless it has too few rows. */
function look(group: Group, rows: Float32Array, tau: number): void {
  const { pca, layers: [{ layer: { inFeatures } }] } = group;
  if (rows.length / inFeatures < group.settled.length) return;
  const before = pca.components;
  pca.add(rows, inFeatures);
  if (before.length > 0) group.settled = pca.components.map((component, k) => component.reduce((sum, value, index) => sum + value * before[k][index], 0) >= tau);
}

/** As many ranks as there were to be, to the components that explain most; the first of the layers with equal inputs has the most of these. */
function ranksOf(groups: readonly Group[], layers: readonly StartLayer[]): Map<StartLayer, number> {
  const budget = layers.reduce((sum, { rank }) => sum + rank, 0);
  const claims = groups.flatMap(({ layers: alike, pca }) => alike.flatMap((each) => [...pca.explained].map((share) => ({ each, share }))));
  const ranks = new Map(layers.map((each) => [each, 0]));
  for (const { each } of claims.sort((left, right) => right.share - left.share).slice(0, budget)) ranks.set(each, ranks.get(each)! + 1);
  for (const { layers: alike } of groups) {
    const sorted = alike.map((each) => ranks.get(each)!).sort((left, right) => right - left);
    alike.forEach((each, index) => ranks.set(each, sorted[index]));
  }
  return ranks;
}
