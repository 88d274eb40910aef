/**
 * The one build preset: ES modules, CommonJS and types of both from `src`.
 * @param {import('tsup').Options} [options] what a package does differently
 * @returns {import('tsup').Options}
 */
export function library(options) {
  return {
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    target: 'node20',
    // tsup sets baseUrl, which TypeScript 6 reports as deprecated
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    tsconfig: '../../tsconfig.base.json',
    sourcemap: true,
    clean: true,
    splitting: false,
    ...options,
  };
}
