/**
 * Tells of the entries that metrics would choose how large their gradients are, how much of that other batches agree with, how
 * crowded they are, and what one step of Adam's first size, against the signs of their gradients, does to the loss of the other batches.
 *   npx tsx --conditions=@unmask/source tools/acceptance/selection-gradients.ts MODEL DATA TASK BUDGET
 * TASK is one of classification. A new head trains alone first. Word vectors are not among the candidates.
 */
import { allAtOnce, denseOnly, selective, type SelectiveOptions } from '@unmask/id3';
import { d3, gradient, magnitude, random, sampled } from '@unmask/importance';
import { loadPretrained } from '@unmask/models';
import { adamw, sgd } from '@unmask/optimizers';
import { getTask, loadSplit } from '@unmask/tasks';
import { hostValues, type Parameter, Random, selectBackend, streamGradients, tf, UnmaskError } from '@unmask/tensor-core';
import { batchLoss, collate, disposeBatch, encodeExamples, type TextBatch } from '@unmask/trainer';

const [HEAD_STEPS, BATCHES, BATCH, RATES] = [40, 4, 16, [5e-4, 2e-3, 5e-3, 1e-2]];
const [folder, data, name, budget] = process.argv.slice(2) as [string, string, string, string];

const task = getTask(name);
if (task.kind !== 'classification') throw new UnmaskError(`${name} has no classes: give a task of classification`);
await selectBackend('auto');
const { model, tokenizer } = await loadPretrained(folder, { head: { kind: task.kind, labels: task.labels.length }, random: new Random(1).fork('head') });
const isHead = (parameter: Parameter) => parameter.name.startsWith('classifier');
const candidates = model.parameters().filter((parameter) => !isHead(parameter) && !parameter.name.includes('embeddings'));
const encoded = encodeExamples(task, tokenizer, await loadSplit(task, data, 'train'), { maxLength: 128 });
const order = new Random(7).shuffle(Array.from(encoded.keys()));
const nextBatch = () => collate(encoded, order.splice(0, BATCH));
const lossOf = (batch: TextBatch) => batchLoss(task, model.forward(batch, {}), batch);

const head = denseOnly(adamw({ weightDecay: 0 }), isHead).bind(model.parameters());
for (let step = 0; step < HEAD_STEPS; step++) {
  const batch = nextBatch();
  streamGradients(() => lossOf(batch), head.sink).dispose();
  head.step(2e-3);
  disposeBatch(batch);
}

type Gradients = ReadonlyMap<Parameter, Float32Array>;
function gradientsOf(batch: TextBatch): Gradients {
  const gradients = new Map<Parameter, Float32Array>();
  const sink = Object.assign((parameter: Parameter, { tensor }: { readonly tensor: tf.Tensor }) => void gradients.set(parameter, hostValues(tensor).slice()), {
    needs: (parameter: Parameter) => (candidates.includes(parameter) ? ('all' as const) : ('nothing' as const)),
  });
  streamGradients(() => lossOf(batch), sink).dispose();
  return gradients;
}

const own = gradientsOf(nextBatch());
const batches = Array.from({ length: BATCHES }, nextBatch);
const others = batches.map(gradientsOf);
const othersLoss = () => batches.reduce((sum, batch) => sum + tf.tidy(() => lossOf(batch).dataSync()[0]), 0) / BATCHES;

/** What is chosen, by parameter. */
function chosenBy(options: Pick<SelectiveOptions, 'metric' | 'per'>): [Parameter, Int32Array][] {
  const training = selective(sgd(), { schedule: allAtOnce({ budget: Number(budget) }), ...options }).bind(candidates);
  for (const [parameter, values] of own) tf.tidy(() => training.sink(parameter, { tensor: tf.tensor(values, [...parameter.shape]) }));
  training.step(0);
  return training.delta().entries.map(({ name: chosen, indices }) => [candidates.find((parameter) => parameter.name === chosen)!, indices]);
}

/** Σ of a figure over entries. */
const sumOver = (entries: [Parameter, Int32Array][], figure: (parameter: Parameter, index: number) => number) =>
  entries.reduce((sum, [parameter, indices]) => indices.reduce((part, index) => part + figure(parameter, index), sum), 0);

/** By how much the loss of the other batches rises when each entry moves by the rate. */
function riseAfter(rate: number, entries: [Parameter, Int32Array][]): number {
  const before = entries.map(([parameter, indices]) => parameter.readEntries(indices));
  entries.forEach(([parameter, indices], part) => parameter.writeEntries(indices, before[part].map((value, i) => value - rate * Math.sign(own.get(parameter)![indices[i]]))));
  const loss = othersLoss();
  entries.forEach(([parameter, indices], part) => parameter.writeEntries(indices, before[part]));
  return loss - start;
}

/** Share of the entries of matrices that lies in each one's fullest fiftieth of columns, the inputs of its layer. */
function crowded(entries: [Parameter, Int32Array][]): number {
  const matrices = entries.filter(([{ shape }]) => shape.length === 2);
  const fullest = matrices.map(([{ shape: [, columns] }, indices]) => {
    const counts = new Int32Array(columns);
    for (const index of indices) counts[index % columns]++;
    return counts.sort().slice(-Math.ceil(columns / 50)).reduce((sum, count) => sum + count, 0);
  });
  return fullest.reduce((sum, count) => sum + count, 0) / sumOver(matrices, () => 1);
}

const METHODS: readonly [string, Pick<SelectiveOptions, 'metric' | 'per'>][] = [
  ['random', { metric: random({ seed: 1 }) }],
  ['smallest weights (PaFi)', { metric: magnitude({ keep: 'smallest' }) }],
  ['largest weights', { metric: magnitude({ keep: 'largest' }) }],
  ['gradient', { metric: gradient() }],
  ['D³', { metric: d3() }],
  ['D³, by tensor', { metric: d3(), per: 'tensor' }],
  ['D³, exponent 2', { metric: d3({ exponent: 2 }) }],
  ['D³, exponent 4', { metric: d3({ exponent: 4 }) }],
  ['D³ of 5 %', { metric: sampled(d3(), { share: 0.05, seed: 1 }) }],
  ['D³ of 2 %', { metric: sampled(d3(), { share: 0.02, seed: 1 }) }],
  ['D³ of 1 %', { metric: sampled(d3(), { share: 0.01, seed: 1 }) }],
];
const start = othersLoss();
console.log(`| entries | Σ\\|g\\| | elsewhere | agreeing | fullest columns | ${RATES.map((rate) => `step of ${rate}`).join(' | ')} |\n| --- |${' ---: |'.repeat(4 + RATES.length)}`);
for (const [label, options] of METHODS) {
  const entries = chosenBy(options);
  const magnitudes = (gradients: Gradients) => sumOver(entries, (parameter, index) => Math.abs(gradients.get(parameter)![index]));
  const agreeing = (gradients: Gradients) => sumOver(entries, (parameter, index) => Math.sign(own.get(parameter)![index]) * gradients.get(parameter)![index]);
  const mean = (figure: (gradients: Gradients) => number) => others.reduce((sum, each) => sum + figure(each), 0) / BATCHES;
  const figures = [magnitudes(own).toFixed(1), mean(magnitudes).toFixed(1), mean(agreeing).toFixed(1), `${(100 * crowded(entries)).toFixed(0)} %`];
  console.log(`| ${[label, ...figures, ...RATES.map((rate) => riseAfter(rate, entries).toFixed(4))].join(' | ')} |`);
}
