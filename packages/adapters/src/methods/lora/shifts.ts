import { Module, type Parameter, UnmaskError } from '@unmask/tensor-core';
import type { AdapterExport, AdapterState, Attachment } from '../../method.js';
import type { BaseShift} from './base-shift.js';
import { TakenOff } from './base-shift.js';
import type { LoraConfig } from './config.js';
import type { LoraLinear } from './linear.js';

/** What base weights gain beside an adapter, as parameters that no file holds. */
class BaseShifts extends Module {
  readonly shifts: readonly BaseShift[];

  constructor(shifts: readonly BaseShift[]) {
    super();
    this.shifts = shifts;
  }
}

/**
 * What an adapter carries because its start changed base weights; nothing where it did not. A file holds LoRA's of twice the rank
 * where that is the same, A′ = [A; A₀] and B′ = [B, −B₀], which goes with the weights as they are (HF PEFT
 * tuners/lora/model.py, subtract_mutated_init).
 */
export function carried(layers: readonly LoraLinear[], config: LoraConfig): Pick<Attachment, 'shared' | 'sharedInFile' | 'state' | 'export'> {
  const shifted = layers.filter((layer): layer is LoraLinear & { readonly shift: BaseShift } => layer.shift !== undefined);
  if (shifted.length === 0) return {};
  const shared = new BaseShifts(shifted.map(({ shift }) => shift));
  const takenOff = shifted.flatMap((layer) => (layer.shift instanceof TakenOff ? [{ layer, shift: layer.shift }] : []));
  return {
    shared,
    sharedInFile: false,
    state: stateOf(shared),
    ...(takenOff.length > 0 && { export: () => ({ config: doubled(config), tensors: new Map(takenOff.flatMap(({ layer, shift }) => joined(layer, shift))) }) }),
  };
}

function stateOf(shared: Module): AdapterState {
  const named = () => shared.namedParameters();
  return {
    save: () => new Map(named().map(([name, parameter]) => [name, parameter.read().slice()])),
    restore: (saved) => {
      const fits = saved.size === named().length && named().every(([name, { size }]) => saved.get(name)?.length === size);
      if (!fits) throw new UnmaskError('the saved state is not of this LoRA adapter, whose start changed other weights');
      for (const [name, parameter] of named()) parameter.modify((values) => values.set(saved.get(name)!));
    },
  };
}

/** The fields of an adapter of twice the ranks with the same scales. */
function doubled({ r, lora_alpha, rank_pattern, alpha_pattern, use_rslora }: LoraConfig): AdapterExport['config'] {
  const times = (values: Readonly<Record<string, number>>, factor: number) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, factor * value]));
  const factor = use_rslora ? Math.SQRT2 : 2;
  return { init_lora_weights: true, r: 2 * r, lora_alpha: factor * lora_alpha, rank_pattern: times(rank_pattern, 2), alpha_pattern: times(alpha_pattern, factor) };
}

type Replacement = [Parameter, { readonly shape: readonly number[]; readonly values: Float32Array }];

function joined({ factors: { a, b, scale } }: LoraLinear, shift: TakenOff): Replacement[] {
  const [[rank, inFeatures], [outFeatures]] = [a.shape, b.shape];
  const rows = new Float32Array(2 * rank * inFeatures);
  rows.set(a.read());
  rows.set(shift.a.read(), rank * inFeatures);
  const columns = new Float32Array(outFeatures * 2 * rank);
  const [left, right] = [b.read(), shift.b.read()];
  for (let row = 0; row < outFeatures; row++) {
    columns.set(left.subarray(row * rank, (row + 1) * rank), 2 * row * rank);
    columns.set(right.subarray(row * rank, (row + 1) * rank).map((value) => value / scale), (2 * row + 1) * rank);
  }
  return [
    [a, { shape: [2 * rank, inFeatures], values: rows }],
    [b, { shape: [outFeatures, 2 * rank], values: columns }],
  ];
}
