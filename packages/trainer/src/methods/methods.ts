import { denseOnly, fullFineTuning } from '@unmask/id3';
import { didYouMean, UnmaskError, type Parameter } from '@unmask/tensor-core';
import { ADAPTER_PRESETS } from './adapter-presets.js';
import { type Method, type MethodOptions, ruleOf, trainingOf } from './method.js';
import { selectiveMethods } from './selective-methods.js';

const WHOLE: readonly Method[] = [
  { name: 'fft', summary: 'full fine-tuning: every weight trains', trains: 'everything', learningRate: 1e-4, strategy: (options) => fullFineTuning(ruleOf(options), trainingOf(options)) },
  ownSet('bitfit', 'BitFit: every bias', 2e-3, 'arXiv 2106.10199', ({ name }) => /(?:^|\.)bias$/.test(name)),
  ownSet('bitfit-1d', 'BitFit as the ID³ toolkit has it: every one-dimensional tensor', 2e-3, 'arXiv 2106.10199', ({ shape }) => shape.length === 1),
];

/** A method that trains the parameters for which `own` is true, and the head. */
function ownSet(name: string, summary: string, learningRate: number, source: string, own: (parameter: Parameter) => boolean): Method {
  const strategy = (options: MethodOptions) => denseOnly(ruleOf(options), (parameter) => own(parameter) || options.dense(parameter), trainingOf(options));
  return { name, summary, trains: 'own-set', learningRate, source, strategy };
}

/** Every method of whole models, in the order in which help and tables show them. */
export const methods: readonly Method[] = [...WHOLE, ...selectiveMethods];

/** Every adapter: a method by itself, and with `+` after a budgeted method, as in `id3+lora`. */
export const adapters: readonly Method[] = Object.entries(ADAPTER_PRESETS).map(([name, { config, ...preset }]) => ({
  ...preset,
  name,
  adapter: config,
  trains: 'everything',
  strategy: (options: MethodOptions) => fullFineTuning(ruleOf(options), trainingOf(options)),
}));

/**
 * The method of a name, e.g. `id3`, `lora` or `id3+lora`.
 * @throws UnmaskError when there is none
 */
export function getMethod(name: string): Method {
  const [first, second, ...rest] = name.split('+');
  const method = [...methods, ...adapters].find((each) => each.name === first);
  if (second === undefined && method) return method;
  const adapter = adapters.find((each) => each.name === second)?.adapter;
  if (method?.trains === 'budget' && adapter && rest.length === 0) return { ...method, name, summary: `${method.summary}; of ${second}`, adapter };
  const names = [...methods, ...adapters].map((each) => each.name);
  throw new UnmaskError(
    `unknown method "${name}"; choose from ${names.join(', ')}, or a budgeted one with an adapter, such as id3+lora${didYouMean(name, names)}`,
    { code: 'not-found' },
  );
}
