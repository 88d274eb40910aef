/**
 * Makes one measurement of ours and prints its figures as a line of JSON, or why the engine cannot start here.
 *   node --import tsx --conditions=@unmask/source benchmarks/worker.ts MEASUREMENT ENGINE WORKLOAD
 */
import { peakMemoryMB } from '@unmask/trainer';
import { selectBackend, UnmaskError } from '@unmask/tensor-core';
import type { Figures, Workload } from './benchmark.js';

const [measurement, engine, json] = process.argv.slice(2) as [string, string, string];
try {
  await selectBackend(engine);
} catch (error) {
  if (!UnmaskError.isInstance(error) || error.code !== 'unsupported') throw error;
  console.log(JSON.stringify({ missing: error.message.replace(`backend ${engine} cannot start here: no ${engine}: `, '') }));
  process.exit();
}
const { run } = (await import(`./measurements/${measurement}.ts`)) as { run: (workload: Workload) => Figures | Promise<Figures> };
const figures = await run(JSON.parse(json) as Workload);
console.log(JSON.stringify({ ...figures, peakMemoryMB: [peakMemoryMB()] } satisfies Figures));
