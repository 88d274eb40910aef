import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** Where Debian's Chromium keeps a Vulkan driver that needs no card: it lets the tests of the WebGPU engine run. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES ??= SWIFTSHADER;

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
