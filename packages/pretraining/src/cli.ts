/**
 * Trains the tiny language model anew and puts it where the command-line app finds it. Same seed, same files.
 *   npm run pretrain:tiny                                     some minutes on 2 cores
 *   npm run pretrain:tiny -- --steps 100 --seed 2 --out DIR   a quick look
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { selectBackend } from '@unmask/tensor-core';
import { Presets, SingleBar } from 'cli-progress';
import { makeTinyModel } from './tiny-model.js';

const SHIPPED = resolve(import.meta.dirname, '../../../apps/reproduce/models/tiny-lm');

const { values } = parseArgs({ options: { out: { type: 'string', default: SHIPPED }, steps: { type: 'string', default: '2500' }, seed: { type: 'string', default: '1' } } });
const [steps, seed] = [Number(values.steps), Number(values.seed)];
if (!Number.isSafeInteger(steps) || steps < 20) throw new Error(`--steps is ${values.steps}: give a whole number from 20 up`);
if (values.out !== SHIPPED && existsSync(values.out)) throw new Error(`there is something at ${values.out}: give a folder that is not there yet`);

const engine = await selectBackend();
process.stderr.write(`${engine.message}\n`);
const bar = new SingleBar({ format: 'trained {bar} {value}/{total} | loss {loss} | ETA {eta_formatted}', stream: process.stderr, noTTYOutput: true, notTTYSchedule: 10_000 }, Presets.shades_classic);
bar.start(steps, 0, { loss: '-' });
const fresh = `${resolve(values.out)}.new`;
await rm(fresh, { recursive: true, force: true });
const { perplexity } = await makeTinyModel(fresh, { steps, seed, onStep: ({ step, loss }) => bar.update(step, { loss: loss.toFixed(4) }) });
bar.stop();
await rm(values.out, { recursive: true, force: true });
await rename(fresh, values.out);
process.stdout.write(`${join(values.out, 'model.safetensors')}: perplexity ${perplexity.toFixed(2)} per token of unseen texts\n`);
