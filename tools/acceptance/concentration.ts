/**
 * Tells of the deltas of a folder of runs how much their entries crowd together: the share that lies in the pooler, and of
 * the others in matrices the share in each matrix's fullest fiftieth of columns, which are the inputs of its layer.
 *   npx tsx --conditions=@unmask/source tools/acceptance/concentration.ts RUNS
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDelta, type SparseDelta } from '@unmask/id3';

const FILE = 'delta.safetensors';
const runs = process.argv[2];
for (const run of (await readdir(runs)).sort()) {
  if (!(await readdir(join(runs, run))).includes(FILE)) continue;
  const { entries } = await loadDelta(join(runs, run, FILE));
  const all = count(entries);
  if (all === 0) continue;
  const others = entries.filter(({ name }) => !name.includes('pooler'));
  const matrices = others.filter(({ shape }) => shape.length === 2);
  console.log(`${run}: ${all} entries, ${percent(1 - count(others) / all)} in the pooler, of the others ${percent(inFullestColumns(matrices) / count(matrices))} in the fullest columns`);
}

function count(parts: readonly SparseDelta[]): number {
  return parts.reduce((sum, { indices }) => sum + indices.length, 0);
}

function inFullestColumns(matrices: readonly SparseDelta[]): number {
  return matrices.reduce((sum, { shape: [, columns], indices }) => {
    const counts = new Int32Array(columns);
    for (const index of indices) counts[index % columns]++;
    return sum + counts.sort().slice(-Math.ceil(columns / 50)).reduce((total, each) => total + each, 0);
  }, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
