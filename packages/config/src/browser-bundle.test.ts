import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

/** Packages that run anywhere, as one bundle for a browser, and how large it may be: minified, compressed, in kB. */
const [PACKAGES, BUDGET] = [['tensor-core', 'importance', 'optimizers', 'id3', 'models', 'adapters'], 260];

test('a bundle for a browser holds nothing of Node and stays within its budget', async () => {
  const { outputFiles } = await build({
    stdin: { contents: PACKAGES.map((name, index) => `export * as package${index} from '@unmask/${name}';`).join('\n'), resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser', // a built-in module of Node cannot be resolved, which ends the build with its name
    conditions: ['@unmask/source', 'browser'],
    logLevel: 'silent',
  });
  const [{ contents }] = outputFiles;
  expect(gzipSync(contents).length / 1000).toBeLessThan(BUDGET);
});
