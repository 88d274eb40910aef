import { mkdir, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Packages that find their binaries and workers beside themselves. */
const APART = ['onnxruntime-node', 'onnxruntime-web', '@tensorflow/*', 'playwright-core'];

/** CommonJS packages within a script call `require`, which an ES module has not. */
const REQUIRE = "import * as nodeModule from 'node:module'; const require = nodeModule.createRequire(import.meta.url);";

/**
 * Makes each source file of `entries` one script, which starts several times faster than sources do, in a new `folder` where
 * the command-line app finds its own files as an installed one does.
 * @returns the scripts' paths, in the order of the entries
 */
export async function bundled(folder: string, entries: readonly string[]): Promise<string[]> {
  await mkdir(folder);
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  for (const name of ['presets', 'models', 'package.json']) await symlink(resolve('apps/reproduce', name), join(folder, name));
  const scripts = entries.map((entry) => join(folder, 'dist', basename(entry).replace(/\.ts$/, '.mjs')));
  for (const [index, entry] of entries.entries()) {
    await build({
      entryPoints: [entry],
      outfile: scripts[index],
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@unmask/source'],
      external: APART,
      banner: { js: REQUIRE },
      logLevel: 'error',
    });
  }
  return scripts;
}
