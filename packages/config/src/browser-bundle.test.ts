import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { withBrowserPackages } from './browser-packages.js';

/** How large what a bundle of all packages begins with may be: minified, compressed, in kB. */
const BUDGET = 350;

test('a bundle for a browser holds nothing of Node and stays within its budget', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: withBrowserPackages, resolveDir: import.meta.dirname },
    bundle: true,
    splitting: true,
    outdir: '.',
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser', // a built-in module of Node cannot be resolved, which ends the build with its name
    conditions: ['@unmask/source', 'browser'],
    logLevel: 'silent',
  });
  const sizes = Object.keys(metafile.outputs).map((name, index) => [name, gzipSync(outputFiles[index].contents).length / 1000] as const);
  const [[entry]] = sizes;
  /** Files that are loaded at once; engines and decoders come when they are asked for. */
  const atOnce = new Set([entry, ...metafile.outputs[entry].imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)]);
  expect(sizes.filter(([name]) => atOnce.has(name)).reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(BUDGET);
});
