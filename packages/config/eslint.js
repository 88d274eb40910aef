import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { resolve } from 'node:path';
import typescript from 'typescript-eslint';
import { boundaries } from './boundaries.js';

const root = resolve(import.meta.dirname, '../..');

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', '**/.cache/', 'runs/']),
  js.configs.recommended,
  { rules: { 'no-control-regex': 'off' } }, // texts and terminals hold control characters, and patterns here name them on purpose
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', 250],
    },
  },
  { files: ['packages/**/*.ts', 'apps/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        createNodeResolver({
          conditionNames: ['@unmask/source', 'import', 'node', 'default'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: { 'import-x/no-relative-packages': 'error' },
  },
  // what a package imports must be declared by the package; its tests and build may use the root's development tools
  {
    files: ['**/src/**/*.ts'],
    ignores: ['**/*.test.ts', 'packages/testing/**'],
    rules: {
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false, includeInternal: true, includeTypes: true }],
    },
  },
  ...boundaries,
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], languageOptions: { globals: { Buffer: 'readonly', console: 'readonly', module: 'writable', process: 'readonly', TextDecoder: 'readonly', URL: 'readonly' } } },
);
