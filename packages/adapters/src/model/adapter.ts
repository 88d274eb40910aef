import type { ConstructionLimit, Parameter, Random } from '@unmask/tensor-core';
import type { CalibrationBatch } from './calibration.js';
import type { PeftConfig } from '../config.js';
import type { Attachment, LayerAdapter } from '../method.js';

/** An adapter within a model. */
export interface Adapter extends Attachment {
  readonly config: PeftConfig;
  /** Those of its parameters that train. */
  readonly trained: readonly Parameter[];
  /** Adapters of layers, those that train in full among them. */
  readonly layers: ReadonlyMap<string, LayerAdapter>;
  /** The part of the model that it was made for, whose name files leave out, e.g. `bert`; empty for the whole model. */
  readonly root: string;
}

/** How an adapter of a file is put into a model. */
export interface AttachOptions {
  readonly random: Random;
  /** How large it can be. */
  readonly limit: ConstructionLimit;
  /** As in {@link Adapter}. */
  readonly root: string;
  /** How many words layers have instead of their own number, by the layers' names: those of a resized vocabulary, which are part of the adapter then. */
  readonly words?: ReadonlyMap<string, number>;
  /** Whether its values are read afterwards, so that none are made. */
  readonly filled: boolean;
  /** Data that methods look at before they train. */
  readonly calibration?: readonly CalibrationBatch[] | undefined;
}

/** All parameters of an adapter, each once. */
export function parametersOf({ layers, shared }: Attachment): Parameter[] {
  return [...new Set([...[...layers.values()].flatMap((layer) => layer.parameters()), ...(shared?.parameters() ?? [])])];
}
