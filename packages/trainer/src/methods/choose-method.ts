import { type AdapterConfigInput, adapterConfig } from '@unmask/adapters';
import { fullFineTuning, type Strategy } from '@unmask/id3';
import { UnmaskError } from '@unmask/tensor-core';
import { type Method, type MethodOptions, ruleOf, trainingOf } from './method.js';
import { adapters, getMethod } from './methods.js';

/** How to train, such as `selective(rule, options)`; or what makes it, once budget, steps and the new head are known. */
export type OwnStrategy = Strategy | ((options: MethodOptions) => Strategy);

/**
 * A method: its name, as `id3`, `lora` or `id3+lora`; the configuration of an adapter, as `loraConfig({ r: 8 })`; a strategy of one's
 * own, as `selective(rule, options)`; or a budgeted method or a strategy with the adapter whose parameters it trains.
 */
export type MethodChoice = string | AdapterConfigInput | OwnStrategy | readonly [string | OwnStrategy, AdapterConfigInput];

/** Of methods that have no better one of their own. */
const LEARNING_RATE = 1e-3;

/** The method that is meant. @throws UnmaskError for an unknown name or a configuration that cannot be */
export function chooseMethod(choice: MethodChoice): Method {
  if (typeof choice === 'string') return getMethod(choice);
  if (isPair(choice)) {
    const [selection, { name, adapter }] = [typeof choice[0] === 'string' ? getMethod(choice[0]) : ownMethod(choice[0]), adapterMethod(choice[1])];
    if (selection.trains === 'everything' || selection.adapter) throw new UnmaskError(`method ${selection.name} does not go with an adapter's configuration: give the configuration alone, or a method with a budget, such as id3`);
    return { ...selection, name: `${selection.name}+${name}`, adapter: adapter! };
  }
  return isStrategy(choice) ? ownMethod(choice) : adapterMethod(choice);
}

function ownMethod(given: OwnStrategy): Method {
  const own = { name: 'own', summary: 'a strategy of its own', learningRate: LEARNING_RATE };
  return typeof given === 'function' ? { ...own, trains: 'budget', strategy: given } : { ...own, trains: 'own-set', strategy: () => given };
}

function adapterMethod(config: AdapterConfigInput): Method {
  const { peft_type: type } = adapterConfig(config);
  const { learningRate } = adapters.find(({ adapter }) => adapter!(1).peft_type === type) ?? { learningRate: LEARNING_RATE };
  return { name: type.toLowerCase().replaceAll('_', '-'), summary: 'an adapter by its configuration', adapter: () => config, trains: 'everything', learningRate, strategy: (options) => fullFineTuning(ruleOf(options), trainingOf(options)) };
}

const isPair = (choice: MethodChoice): choice is readonly [string | OwnStrategy, AdapterConfigInput] => Array.isArray(choice);
const isStrategy = (choice: AdapterConfigInput | OwnStrategy): choice is OwnStrategy => typeof choice === 'function' || 'bind' in choice;
