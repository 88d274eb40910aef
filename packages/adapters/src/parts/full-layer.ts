import { didYouMean, Embedding, Layer, LayerNorm, Linear, type Module, Parameter, RmsNorm, embedding, layerNorm, linear, rmsNorm, type tf, UnmaskError } from '@unmask/tensor-core';
import type { PeftConfig } from '../config.js';
import { LayerAdapter } from '../method.js';

/**
 * A layer that trains in full beside an adapter (`modules_to_save`): a copy of its parameters, which takes the layer's place
 * while the adapter is active.
 */
export class FullLayer extends LayerAdapter {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly #layer: Layer;

  /**
   * @param count how many rows the weight has, where a file says another number of words than the layer has; they do not train then
   * @throws UnmaskError for a kind of layer that it cannot take the place of
   */
  constructor(layer: Layer, count?: number) {
    super();
    if (!(layer instanceof Linear || layer instanceof Embedding || layer instanceof LayerNorm || layer instanceof RmsNorm)) {
      throw new UnmaskError(`modules_to_save names a ${layer.constructor.name}, which cannot be saved so`, { code: 'unsupported' });
    }
    this.#layer = layer;
    this.weight = count === undefined ? copyOf(layer.weight) : new Parameter([count, layer.weight.shape[1]]);
    this.weight.trainable = count === undefined;
    this.bias = 'bias' in layer && layer.bias ? copyOf(layer.bias) : undefined;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const layer = this.#layer;
    if (layer instanceof Linear) return linear(x, this.weight, this.bias, { transposed: layer.transposed });
    if (layer instanceof Embedding) return embedding(x, this.weight);
    return layer instanceof LayerNorm ? layerNorm(x, this.weight, this.bias!, layer.epsilon) : rmsNorm(x, this.weight, (layer as RmsNorm).epsilon);
  }

  override get countOffset(): number {
    return !this.weight.trainable && this.#layer instanceof Embedding ? this.weight.size - this.#layer.weight.size : 0;
  }

  override mergeInto(layer: Layer): void {
    const [own, other] = [this.weight.shape[0], this.#layer.parameters()[0].shape[0]];
    if (own !== other) throw new UnmaskError(`an adapter of ${own} words cannot be merged into a model of ${other}`, { code: 'unsupported' });
    for (const [name, parameter] of this.namedParameters()) {
      const target = layer.namedParameters().find(([own]) => own === name)![1];
      target.modify((values) => values.set(parameter.read()));
    }
  }
}

/** Tables of words, and heads without bias that may share their weight: what HF PEFT saves whole where a vocabulary was resized. */
export function isOfWords(model: Module, layer: Layer): layer is Embedding | Linear {
  if (layer instanceof Embedding) return true;
  return layer instanceof Linear && !layer.bias && model.namedModules().some(([, other]) => other instanceof Embedding && other.weight === layer.weight);
}

const copyOf = (parameter: Parameter) => new Parameter(parameter.shape, () => parameter.read().slice());

/** Heads that a task needs trained, which HF PEFT adds to modules_to_save by itself. */
const TASK_HEADS: Readonly<Record<string, readonly string[]>> = { SEQ_CLS: ['classifier', 'score'], TOKEN_CLS: ['classifier', 'score'] };

/**
 * Copies of the layers that train in full beside an adapter (HF PEFT utils/other.py, _set_trainable: names by their ends).
 * @param root the part of the model that the adapter is of, or an empty name
 * @param withHeads whether the heads of the task are among them
 * @throws UnmaskError when a name is of no module
 */
export function fullLayers(model: Module, { modules_to_save: listed, task_type: task }: PeftConfig, root: string, withHeads: boolean): [path: string, layer: FullLayer][] {
  const heads = withHeads ? (TASK_HEADS[task ?? ''] ?? []) : [];
  const names = [...(listed ?? []), ...heads];
  const all = model.namedModules().filter(([path]) => root === '' || path.startsWith(`${root}.`));
  const modules = all.map(([path]) => path).filter((path) => path !== '' && names.some((name) => path.endsWith(name)));
  const missing = listed?.find((name) => !heads.includes(name) && !modules.some((path) => path.endsWith(name)));
  if (missing !== undefined) throw new UnmaskError(`modules_to_save names "${missing}", which is no module of the model${didYouMean(missing, all.map(([path]) => path.split('.').at(-1)!))}`, { code: 'not-found' });
  const layers = all.filter((entry): entry is [string, Layer] => entry[1] instanceof Layer);
  return layers.filter(([path]) => modules.some((module) => path === module || path.startsWith(`${module}.`))).map(([path, layer]) => [path, new FullLayer(layer)]);
}
