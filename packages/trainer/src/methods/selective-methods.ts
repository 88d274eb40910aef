import { allAtOnce, every, exchange, repeat, selective, uniform, type SelectiveOptions, type UnmaskSchedule } from '@unmask/id3';
import { accumulated, d3, effectiveSize, fisher, gradient, lowRank, magnitude, random, sampled, taylor, type ImportanceMetric } from '@unmask/importance';
import type { Parameter } from '@unmask/tensor-core';
import { type Method, type MethodOptions, ruleOf, trainingOf } from './method.js';

/** A part of a method, and what lists call it. */
interface Part<T> {
  readonly label: string;
  readonly of: T;
}
type MetricPart = Part<(options: MethodOptions) => ImportanceMetric>;
type SchedulePart = Part<(options: MethodOptions) => UnmaskSchedule>;
type ScopePart = Part<Pick<SelectiveOptions, 'per' | 'unit'> & { readonly scope?: (parameter: Parameter) => boolean }>;

const part = <T>(label: string, of: T): Part<T> => ({ label, of });

const D3: MetricPart = part('|∇|/(|θ| + ε)', ({ d3Exponent, d3Epsilon }) => d3({ exponent: d3Exponent, epsilon: d3Epsilon }));
const GRADIENT: MetricPart = part('|∇|', gradient);
const SMALLEST: MetricPart = part('−|θ|', () => magnitude({ keep: 'smallest' }));
const LARGEST: MetricPart = part('|θ|', () => magnitude({ keep: 'largest' }));
const RANDOM: MetricPart = part('random', ({ seed }) => random({ seed }));

const GROWING: SchedulePart = part('B/T in each step', ({ budget, steps, unmaskUntil }) => uniform({ budget, steps: Math.max(1, Math.round(unmaskUntil * steps)) }));
const FIXED: SchedulePart = part('once', ({ budget }) => allAtOnce({ budget }));
const RENEWED: SchedulePart = part('afresh in each step', ({ budget }) => repeat({ budget }));
/** Matrices of linear layers: word vectors are none of them. */
const isLinear = ({ name, shape }: Parameter) => shape.length === 2 && !/(?:^|\.)(?:\w*embed\w*|wte|wpe)\./.test(name);

const MODEL: ScopePart = part('the whole model', {});
const TENSORS: ScopePart = part('each tensor', { per: 'tensor' });
const LINEARS: ScopePart = part('each linear layer', { per: 'tensor', scope: isLinear });
const ROWS: ScopePart = part('each row of linear layers', { per: 'row', scope: isLinear });
const ENTROPY: ScopePart = part('each tensor, by its entropy', { per: (parameter) => effectiveSize(parameter.read()) });
const WHOLE_ROWS: ScopePart = part('whole rows of linear layers', { unit: 'row', scope: isLinear });
const WHOLE_COLUMNS: ScopePart = part('whole columns of linear layers', { unit: 'column', scope: isLinear });

/** A method that is a metric, a schedule and a scope. */
function made(name: string, summary: string, learningRate: number, metric: MetricPart, schedule: SchedulePart, scope: ScopePart, source: string): Method {
  const { scope: own = () => true, ...sharing } = scope.of;
  return {
    name,
    summary,
    trains: 'budget',
    learningRate,
    parts: { metric: metric.label, schedule: schedule.label, scope: scope.label },
    source,
    strategy: (options) => {
      const { candidates, seed, scope: given, per, dense, biasCorrection, unmaskEvery } = options;
      const all = metric.of(options);
      const some = candidates < 1 ? sampled(all, { share: candidates, seed }) : all;
      const within = (parameter: Parameter) => own(parameter) && given(parameter);
      return selective(ruleOf(options), { ...trainingOf(options), metric: some, schedule: every(unmaskEvery, schedule.of(options)), scope: within, per, dense, biasCorrection, ...sharing });
    },
  };
}

const ID3 = 'arXiv 2408.14470';

/** Methods that train a budget of entries, in the order in which help and tables show them. */
export const selectiveMethods: readonly Method[] = [
  made('id3', 'ID³: D³ scores, budget unmasked evenly over the steps', 5e-3, D3, GROWING, MODEL, ID3),
  made('id3-static', 'D³ scores of the first step, fixed from then on', 5e-3, D3, FIXED, MODEL, ID3),
  made('id3-repeat', 'D³ scores, the whole budget chosen afresh in each step', 5e-3, D3, RENEWED, MODEL, ID3),
  made('id3-averaged', 'D³ scores of the gradients of 10 steps together, budget unmasked evenly', 5e-3, part('|Σ∇|/(|θ| + ε)', (options) => accumulated(D3.of(options))), part('10·B/T in every 10th step', (options) => every(10, GROWING.of(options))), MODEL, ID3),
  made('grad', 'largest gradients of the first step, fixed from then on', 5e-3, GRADIENT, FIXED, MODEL, ID3),
  made('grad-increment', 'largest gradients, budget unmasked evenly over the steps', 5e-3, GRADIENT, GROWING, MODEL, ID3),
  made('grad-repeat', 'largest gradients, the whole budget chosen afresh in each step', 5e-3, GRADIENT, RENEWED, MODEL, ID3),
  made('sift', 'SIFT: largest gradients of the first step in each tensor, fixed from then on', 5e-3, GRADIENT, FIXED, TENSORS, 'arXiv 2312.11875'),
  made('gmt', 'GMT: largest gradients of each step in each tensor', 5e-3, GRADIENT, RENEWED, TENSORS, 'arXiv 2406.15330'),
  made('gem', 'GEM: largest gradients beside weights, more of them in tensors of a high entropy', 5e-3, D3, FIXED, ENTROPY, 'arXiv 2508.16191'),
  made('gallop', 'GaLLoP: largest gradients among the smallest weights, fixed from then on', 5e-3, part('|∇|/(|θ| + 10⁻⁸)', () => d3({ epsilon: 1e-8 })), FIXED, MODEL, 'arXiv 2510.19778'),
  made('lift', 'LIFT: largest entries of approximations of rank 32, chosen anew in every 100th step', 5e-3, part('|θ| at rank 32', ({ seed }) => lowRank(magnitude({ keep: 'largest' }), { rank: 32, seed })), part('afresh in every 100th step', ({ budget }) => every(100, repeat({ budget }))), LINEARS, 'arXiv 2506.00772'),
  made('spiel', 'SpIEL: in every 20th step entries that changed least give way to those of the largest gradients', 5e-3, part('|Σ∇|', () => accumulated(gradient())), part('0.2 of them exchanged in every 20th step, less and less', ({ budget, steps }) => exchange({ budget, steps, every: 20 })), LINEARS, 'arXiv 2401.16405'),
  made('neuroada', 'NeuroAda: largest weights of each row, fixed before training', 5e-3, LARGEST, FIXED, ROWS, 'arXiv 2510.18940'),
  made('s2ft', 'S²FT: rows of linear layers, at random, as a whole', 5e-3, RANDOM, FIXED, WHOLE_ROWS, 'arXiv 2412.06289'),
  made('paca', 'PaCA: columns of linear layers, at random, as a whole', 5e-3, RANDOM, FIXED, WHOLE_COLUMNS, 'arXiv 2503.01905'),
  made('taylor', 'largest |weight · gradient| of the first step, fixed from then on', 5e-3, part('|θ·∇|', taylor), FIXED, MODEL, 'arXiv 1906.10771'),
  made('fishmask', 'FishMask: largest Fisher information over 1,024 examples, fixed before training', 5e-3, part('Σ∇²', fisher), FIXED, MODEL, 'arXiv 2111.09839'),
  made('pafi', 'PaFi: smallest pretrained weights, fixed before training', 5e-3, SMALLEST, FIXED, MODEL, 'arXiv 2305.16742'),
  made('pafi-increment', 'smallest weights, budget unmasked evenly over the steps', 5e-3, SMALLEST, GROWING, MODEL, 'arXiv 2305.16742'),
  made('magnitude', 'largest pretrained weights, fixed before training', 5e-3, LARGEST, FIXED, MODEL, ID3),
  made('random', 'a random mask, fixed before training', 1e-2, RANDOM, FIXED, MODEL, ID3),
];
