import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/**
 * The jest project of one package: TypeScript sources run as native ES modules, and `@unmask/*` resolves to sources,
 * so tests need no build.
 * @param {string} name shown beside each test file
 */
export function jestProject(name) {
  return {
    displayName: name,
    testMatch: ['<rootDir>/src/**/*.test.ts'],
    testEnvironment: resolve('./jest-environment.js'),
    testEnvironmentOptions: { customExportConditions: ['@unmask/source', 'node', 'node-addons'] },
    setupFiles: [resolve('./jest-setup.js')],
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    transform: {
      '^.+\\.ts$': [
        resolve('babel-jest'),
        { configFile: false, babelrc: false, presets: [resolve('@babel/preset-typescript')] },
      ],
    },
  };
}
