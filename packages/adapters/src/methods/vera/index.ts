import { Linear, Module } from '@unmask/tensor-core';
import { QUERIES_AND_VALUES } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { parseVeraConfig, type VeraConfig } from './config.js';
import { Projections, VeraLinear } from './vera.js';

export type { VeraConfig } from './config.js';

/** The projections under the names of HF PEFT's files. */
class Shared extends Module {
  readonly base_model: Projections;

  constructor(projections: Projections) {
    super();
    this.base_model = projections;
  }
}

/** Vector-based random matrix adaptation (Kopiczko et al. 2024). */
export const vera = defineAdapter<VeraConfig>({
  type: 'VERA',
  summary: 'vectors around low-rank projections that are random and shared by all layers',
  prefix: 'vera_lambda_',
  parse: parseVeraConfig,
  attach: ({ model, config: { model_type } }, config, random) => {
    const targets = findTargets(model, config, QUERIES_AND_VALUES[model_type as string], [Linear]);
    const projections = new Projections(targets.map(([, layer]) => layer), config);
    return {
      layers: new Map(targets.map(([path, layer]) => [path, new VeraLinear(layer, config, projections, random.fork(path))])),
      shared: new Shared(projections),
      sharedInFile: config.save_projection,
    };
  },
});

/** A configuration of VeRA; what is left out has its default. */
export const veraConfig = configFor(vera);
