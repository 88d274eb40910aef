import { UnmaskError } from '@unmask/tensor-core';
import type { LoraInit } from '../config.js';
import { corda } from './corda.js';
import { eva } from './eva.js';
import { loftq } from './loftq.js';
import { loraGa } from './lora-ga.js';
import { mica } from './mica.js';
import { olora } from './olora.js';
import { orthogonal } from './orthogonal.js';
import { pissa } from './pissa.js';
import { random } from './random.js';
import type { Initialization, LoraStart, StartContext, StartLayer } from './start.js';

export type { LoraStart, StartLayer } from './start.js';

/** By their names in `init_lora_weights`. */
const INITIALIZATIONS: Readonly<Record<string, Initialization>> = { gaussian: random, orthogonal, pissa: pissa(), olora, mica, eva, corda, loftq, lora_ga: loraGa };

/** Those that files say all about: what the base's weight gains follows from the weight. */
const REPEATABLE: readonly LoraInit[] = ['pissa', 'olora', 'loftq', 'mica'];

/** The starts of the layers that are adapted. In a finished adapter they matter no more, but for what the base's weight gains. */
export function startsOf(layers: readonly StartLayer[], context: StartContext): ReadonlyMap<string, LoraStart> {
  const { init_lora_weights: init, inference_mode: finished } = context.config;
  if (typeof init === 'boolean' || (finished && !REPEATABLE.includes(init))) return random(layers, context);
  const iterations = /^pissa_niter_(\d+)$/.exec(init)?.[1];
  return (iterations ? pissa(Number(iterations)) : INITIALIZATIONS[init])(layers, context);
}

/** @throws UnmaskError for layers without a weight that a start could look at, as embeddings */
export function requireRandom(init: LoraInit, path: string): void {
  if (typeof init === 'boolean' || init === 'gaussian' || init === 'orthogonal') return;
  throw new UnmaskError(`init_lora_weights "${init}" is for linear layers, and "${path}" is an embedding: leave it out of target_modules`, { code: 'unsupported' });
}
