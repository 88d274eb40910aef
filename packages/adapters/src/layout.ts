import { type FamilyLayout, familyOf } from '@unmask/models';
import { Layer, type Module, UnmaskError } from '@unmask/tensor-core';
import type { BaseModel } from './method.js';
import type { NamedLayer } from './targets.js';

/** Where the layers of a model are. @throws UnmaskError when its config.json names no known family */
export const layoutOf = ({ config }: BaseModel): FamilyLayout => familyOf(config).layout;

/** A layer within one of the transformer layers. */
export interface NumberedLayer {
  /** The transformer layer's number, from 0. */
  readonly number: number;
  /** The transformer layer's name with a dot, e.g. `bert.encoder.layer.0.`, which the names of a {@link FamilyLayout} follow. */
  readonly prefix: string;
  readonly layer: Layer;
}

/** The layers of this name, as a {@link FamilyLayout} has it, in ascending order of the transformer layers. */
export function numberedLayers(model: Module, name: string): NumberedLayer[] {
  return model.namedModules().flatMap(([path, layer]) => {
    if (!(layer instanceof Layer) || !path.endsWith(`.${name}`)) return [];
    const prefix = path.slice(0, -name.length);
    const number = /(?:^|\.)(\d+)\.$/.exec(prefix)?.[1];
    return number === undefined ? [] : [{ number: Number(number), prefix, layer }];
  });
}

/** The one layer whose name ends so. @throws UnmaskError when there is none */
export function layerAt(model: Module, name: string): NamedLayer {
  const found = model.namedModules().find(([path]) => path === name || path.endsWith(`.${name}`));
  if (found?.[1] instanceof Layer) return [found[0], found[1]];
  throw new UnmaskError(`the model has no layer "${name}"`, { code: 'not-found' });
}
