import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

/** Packages that run anywhere, as one bundle for a browser, and how large what it begins with may be: minified, compressed, in kB. */
const [PACKAGES, BUDGET] = [['tensor-core', 'importance', 'optimizers', 'id3', 'models', 'adapters', 'tasks', 'trainer'], 300];

test('a bundle for a browser holds nothing of Node and stays within its budget', async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: PACKAGES.map((name, index) => `export * as package${index} from '@unmask/${name}';`).join('\n'), resolveDir: import.meta.dirname },
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
