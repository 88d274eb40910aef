import { Linear, UnmaskError } from '@unmask/tensor-core';
import { configFor, defineAdapter } from '../../method.js';
import { findTargets, nameTest } from '../../targets.js';
import { type Ia3Config, parseIa3Config } from './config.js';
import { Ia3Linear } from './linear.js';

export type { Ia3Config } from './config.js';

/** Keys, values and the last layer of the feed-forward blocks. */
interface Modules {
  readonly targets: readonly string[];
  readonly feedForward: readonly string[];
}

const ENCODER: Modules = { targets: ['key', 'value', 'output.dense'], feedForward: ['output.dense'] };
const QWEN: Modules = { targets: ['q_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] };
const LLAMA: Modules = { targets: ['k_proj', 'v_proj', 'down_proj'], feedForward: ['down_proj'] };

/** Where (IA)³ goes when nothing is given (HF PEFT utils/constants.py). */
const DEFAULTS: Readonly<Record<string, Modules>> = {
  bert: ENCODER,
  roberta: ENCODER,
  'deberta-v2': { targets: ['key_proj', 'value_proj', 'output.dense'], feedForward: ['output.dense'] },
  gpt2: { targets: ['c_attn', 'mlp.c_proj'], feedForward: ['mlp.c_proj'] },
  llama: LLAMA,
  mistral: LLAMA,
  qwen2: QWEN,
  qwen3: QWEN,
};

/** Infused adapter by inhibiting and amplifying inner activations (Liu et al. 2022). */
export const ia3 = defineAdapter<Ia3Config>({
  type: 'IA3',
  summary: 'learned factors of keys, values and feed-forward activations',
  prefix: 'ia3_',
  parse: parseIa3Config,
  attach: ({ model, config: { model_type } }, config, random) => {
    const defaults = DEFAULTS[model_type as string];
    const feedForward = config.feedforward_modules ?? defaults?.feedForward;
    if (feedForward === undefined) throw new UnmaskError('feedforward_modules is not given, and this family of models has no default: name layers, or give []', { code: 'bad-data' });
    const targets = findTargets<Linear>(model, config, defaults?.targets, [Linear]);
    const isFeedForward = feedForwardTest(feedForward);
    return {
      layers: new Map(targets.map(([path, layer]) => [path, new Ia3Linear(layer, isFeedForward(path), config.init_ia3_weights ? undefined : random.fork(path))])),
    };
  },
});

/** A configuration of (IA)³; what is left out has its default. */
export const ia3Config = configFor(ia3);

/** By the end of the name, which need not begin at a dot (HF PEFT tuners/ia3/model.py, _check_target_module_feedforward). */
function feedForwardTest(names: readonly string[] | string): (path: string) => boolean {
  return typeof names === 'string' ? nameTest(names, 'feedforward_modules') : (path) => names.some((name) => path.endsWith(name));
}
