import type { BlockLayout } from '@unmask/models';
import { type Linear, type Module, type Random, UnmaskError } from '@unmask/tensor-core';
import { layoutOf, numberedLayers } from '../../layout.js';
import { configFor, defineAdapter, type LayerAdapter } from '../../method.js';
import { NormBottleneck, OutputBottleneck, ResidualTap } from './bottleneck.js';
import { type BottleneckConfig, parseBottleneckConfig } from './config.js';

export { houlsby, parallel, pfeiffer, type BottleneckConfig } from './config.js';

/** Small networks with a residual of their own in each transformer layer. */
export const bottleneck = defineAdapter<BottleneckConfig>({
  type: 'BOTTLENECK',
  summary: 'small networks after or beside the blocks of each layer (Houlsby, Pfeiffer, parallel)',
  prefix: 'adapter_',
  parse: parseBottleneckConfig,
  attach: (base, config, random) => {
    const { attention, feedForward } = layoutOf(base);
    const blocks = [...(config.mh_adapter ? [attention] : []), ...(config.output_adapter ? [feedForward] : [])];
    const layers = new Map(blocks.flatMap((block) => adaptersOf(base.model, block, config, random)));
    if (layers.size > 0) return { layers };
    throw new UnmaskError('mh_adapter, output_adapter and leave_out leave no layer with an adapter: set one of the first two, or leave out fewer layers', { code: 'bad-data' });
  },
});

/** A configuration of bottleneck adapters; what is left out has its default. */
export const bottleneckConfig = configFor(bottleneck);

/** The adapters of one kind of block, by the names of the layers that they stand around. */
function adaptersOf(model: Module, block: BlockLayout, config: BottleneckConfig, random: Random): [string, LayerAdapter][] {
  return numberedLayers(model, block.output).flatMap(({ number, prefix, layer }): [string, LayerAdapter][] => {
    if (config.leave_out.includes(number)) return [];
    const output = prefix + block.output;
    const size = (layer as Linear).outFeatures;
    const fresh = random.fork(output);
    if (!config.is_parallel && !config.original_ln_before) return [[output, new OutputBottleneck(size, config, fresh)]];
    if (!config.is_parallel && block.norm) return [[prefix + block.norm, new NormBottleneck(size, config, fresh)]];
    const tap = new ResidualTap();
    return [[prefix + block.input, tap], [output, new OutputBottleneck(size, config, fresh, tap)]];
  });
}
