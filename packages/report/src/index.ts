export { buildReport } from './build-report.js';
export { reportHtml, reportMarkdown, writeReport } from './write-report.js';
export { reportCsv } from './csv.js';
export type { Cell, Column, Comparison, Costs, Panel, Rate, Report, Row } from './report.js';
export type { BootstrapResult } from './bootstrap.js';
export { BENCHMARKS, type Benchmark, type OwnFigure, type PublishedBenchmark, type PublishedFigure } from './published.js';
export { placeOf, type UnmaskedMap, type UnmaskedModule } from './unmasked.js';
