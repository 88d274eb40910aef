import { isRecording, type LayerHook, tf, UnmaskError } from '@unmask/tensor-core';
import type { LayerAdapter } from '../method.js';
import type { Adapter } from './adapter.js';

/** What stands for no adapter among the names of rows (HF PEFT). */
export const BASE_ROW = '__base__';

/**
 * Hooks for a batch in which each row has its adapter: the rows of each run through what the adapter puts around a layer. For
 * evaluation.
 * @param names of the rows' adapters, or {@link BASE_ROW}
 * @param adapterOf gives an adapter. It throws for an unknown name
 * @returns layer's name → its hook, undefined where no row's adapter has the layer
 * @throws UnmaskError for adapters that stand around the model as a whole, or while gradients are recorded
 */
export function rowHooks(names: readonly string[], adapterOf: (name: string) => Adapter): (path: string) => LayerHook | undefined {
  if (isRecording()) throw new UnmaskError('adapterNames are for evaluation: train one adapter at a time, by setAdapter(name)', { code: 'unsupported' });
  const groups = [...new Set(names)].map((name) => {
    const adapter = name === BASE_ROW ? undefined : adapterOf(name);
    if (adapter?.around) throw new UnmaskError(`a ${adapter.config.peft_type} adapter puts tokens before all rows, so it is none of a row's own: run it by itself`, { code: 'unsupported' });
    return { layers: adapter?.layers, rows: [...names.keys()].filter((row) => names[row] === name) };
  });
  const order = groups.flatMap(({ rows }) => rows);
  const back = order.map((_, row) => order.indexOf(row));
  return (path) => {
    const parts = groups.map(({ layers, rows }) => ({ adapter: layers?.get(path), rows }));
    return parts.some(({ adapter }) => adapter) ? hookOf(parts, back) : undefined;
  };
}

interface Rows {
  readonly adapter: LayerAdapter | undefined;
  readonly rows: readonly number[];
}

/** @param back where each row is once the parts stand one behind the other */
function hookOf(parts: readonly Rows[], back: readonly number[]): LayerHook {
  return (x, own) => {
    if (x.shape[0] !== back.length) throw new UnmaskError(`adapterNames has ${back.length} names, but the batch has ${x.shape[0]} rows: give a name for each row`);
    const take = (from: tf.Tensor, rows: readonly number[]) => tf.gather(from, tf.tensor1d([...rows], 'int32'));
    return tf.tidy(() => take(tf.concat(parts.map(({ adapter, rows }) => (adapter ? adapter.forward(take(x, rows), own, undefined) : own(take(x, rows))))), back));
  };
}
