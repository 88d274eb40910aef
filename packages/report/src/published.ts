import type { DataOrigin } from '@unmask/trainer';

/** A figure that others have published. */
export interface PublishedFigure {
  readonly model: string;
  /** Under the name that our command line has for it. */
  readonly method: string;
  /** Scalars trained, as stated there. */
  readonly parameters: number;
  /** A fraction: 0.86 is 86 %. */
  readonly value: number;
  /** Whether it was stated as a rounded figure. */
  readonly approximate: boolean;
  readonly source: string;
}

/** One of our rows over the tasks of a benchmark. */
export interface OwnFigure {
  readonly model: string;
  readonly dataOrigin: DataOrigin;
  readonly row: string;
  readonly parameters: number;
  /** Mean over {@link tasks}. */
  readonly value: number;
  /** The tasks of the benchmark that it was run on. */
  readonly tasks: readonly string[];
}

/** A benchmark of the paper. */
export interface Benchmark {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly published: readonly PublishedFigure[];
}

/** A benchmark with our figures. */
export interface PublishedBenchmark extends Benchmark {
  readonly ours: readonly OwnFigure[];
}

/** The paper's own tables are not at hand; its authors' page states averages and single figures of them, some of them rounded. */
const AUTHORS_PAGE = "authors' project page (LCS2) for arXiv 2408.14470v3";

/** @param rows methods with the parameters that they train and the score in percent; `about` for one that is stated as rounded */
function figures(model: string, rows: readonly (readonly [method: string, parameters: number, score: number, about?: 'about'])[]): PublishedFigure[] {
  return rows.map(([method, parameters, score, about]) => ({ model, method, parameters, value: score / 100, approximate: about === 'about', source: AUTHORS_PAGE }));
}

/** Every figure of arXiv 2408.14470 that could be found, by benchmark. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'GLUE, average',
    tasks: ['cola', 'mrpc', 'rte', 'stsb', 'sst2', 'mnli', 'qnli', 'qqp'],
    published: [
      ...figures('DeBERTa-v3-base', [
        ['fft', 184e6, 88.58],
        ['id3', 103e3, 88.56],
        ['id3', 320e3, 89.03],
        ['fishmask', 320e3, 88.35],
        ['lora', 1.33e6, 88.76],
        ['id3+lora', 320e3, 88.76],
      ]),
      ...figures('RoBERTa-base', [
        ['pfeiffer', 8e6, 78.89],
        ['id3+pfeiffer', 320e3, 79.98],
      ]),
    ],
  },
  {
    name: 'CoNLL-2003, F1',
    tasks: ['conll2003'],
    published: figures('DeBERTa-v3-base', [
      ['fft', 184e6, 96.62],
      ['bitfit', 103e3, 93.85],
      ['pafi', 103e3, 94.4],
      ['fishmask', 103e3, 95.26],
      ['id3', 103e3, 95.55],
      ['id3', 320e3, 96.04],
    ]),
  },
  {
    name: 'Math word problems, average',
    tasks: ['gsm8k', 'svamp', 'multiarith', 'addsub', 'aqua', 'singleeq'],
    published: [
      ...figures('LLaMA-7B', [
        ['lora', 56e6, 59.5, 'about'],
        ['lora', 3.5e6, 58.1, 'about'],
        ['id3+lora', 3.5e6, 58.6, 'about'],
      ]),
      ...figures('Qwen2.5-3B', [
        ['lora', 40e6, 79.0, 'about'],
        ['lora', 2.5e6, 79.3, 'about'],
        ['pafi+lora', 2.5e6, 79.3, 'about'],
        ['id3+lora', 2.5e6, 79.9, 'about'],
      ]),
      ...figures('MobileLLaMA-2.7B', [
        ['fft', 2.7e9, 56.8, 'about'],
        ['pafi', 2.7e6, 35.4, 'about'],
        ['id3', 2.7e6, 36.3, 'about'],
        ['pafi', 1.3e6, 24.0, 'about'],
        ['id3', 1.3e6, 30.1, 'about'],
      ]),
    ],
  },
  {
    name: 'CNN/DailyMail, ROUGE-L',
    tasks: ['cnn_dailymail'],
    published: figures('T5-small', [['fft', 60e6, 29.19]]),
  },
];
