import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * The one build preset: ES modules, CommonJS and types of both from `src/index.ts`, and the licence beside them.
 * @param {import('tsup').Options} [options] what a package does differently
 * @returns {import('tsup').Options}
 */
export function library(options) {
  return {
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    target: 'node20',
    tsconfig: '../../tsconfig.build.json',
    // tsup sets baseUrl, which TypeScript 6 reports as deprecated
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    esbuildOptions(esbuild, { format }) {
      if (format !== 'cjs') return;
      esbuild.define = { ...esbuild.define, 'import.meta.url': 'importMetaUrl' };
      esbuild.inject = [fileURLToPath(new URL('import-meta-url.js', import.meta.url))];
    },
    sourcemap: true,
    clean: true,
    splitting: false,
    onSuccess: () => copyFile('../../LICENSE', 'LICENSE'),
    ...options,
  };
}
