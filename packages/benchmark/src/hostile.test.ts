import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { attempt, HOSTILE_TIMEOUT, hostileJson, hostileRuns } from '@unmask/testing';
import fc from 'fast-check';
import { readGridFile } from './grid-file.js';

const GRIDS = { defaults: { model: 'm', data: 'hub', epochs: 2, adapterConfig: { r: 4 } }, grids: [{ tasks: ['rte'], methods: ['id3'], budgets: [100], scope: 'a.*' }] };

test('hostile grids are read or refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const path = join(folder, 'grid.yaml');
  let refused = 0;
  const aliased = fc.tuple(hostileJson(GRIDS), fc.constantFrom('defaults: &a {adapterConfig: *a}\n', '<<: *b\n', 'x: &x [*x]\n', '')).map(([json, extra]) => `${extra}${json}`);
  await fc.assert(
    fc.asyncProperty(aliased, async (text) => {
      await writeFile(path, text);
      if ((await attempt(() => readGridFile(path))) === undefined) refused++;
    }),
    hostileRuns(60),
  );
  expect(refused).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
}, HOSTILE_TIMEOUT);


test('a file of many keys or anchors is refused before YAML compares each with all', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'hostile-')), 'grid.yaml');
  await writeFile(path, Array.from({ length: 30_000 }, (_, index) => `k${index}: &a${index} x`).join('\n'));
  await expect(readGridFile(path)).rejects.toThrow('no file of at most 200000 bytes');
  await rm(dirname(path), { recursive: true });
});
