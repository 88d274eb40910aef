/**
 * Who may import whom, by folder name. `fromCore` narrows what a package may take from tensor-core besides types,
 * and `tensorflow` is a pattern of the TensorFlow.js packages that it may import, none otherwise. A package is imported
 * by its root only, never by a path inside it.
 */
export const PACKAGES = {
  'tensor-core': { tensorflow: '.*' },
  'backend-onnxruntime': { tensorflow: '(?:tfjs-core|tfjs-backend-cpu)(?:$|/)' },
  importance: { packages: ['tensor-core'], fromCore: ['UnmaskError', 'Random', 'lowRankApproximation', 'tf'] },
  optimizers: { packages: ['tensor-core'], fromCore: ['UnmaskError', 'didYouMean', 'tf'] },
  id3: { packages: ['tensor-core', 'importance', 'optimizers'] },
  files: { packages: ['tensor-core'], fromCore: ['UnmaskError', 'isOnDisk'] },
  hub: { packages: ['tensor-core', 'files'], fromCore: ['UnmaskError', 'factsOf', 'joinPath', 'writeWhole'] },
  models: { packages: ['tensor-core', 'hub'] },
  adapters: { packages: ['tensor-core', 'models'], inTests: ['importance', 'optimizers', 'id3'] },
  exporters: { packages: ['tensor-core', 'backend-onnxruntime', 'hub', 'models', 'adapters'] },
  tasks: { packages: ['tensor-core', 'hub'], fromCore: ['UnmaskError', 'didYouMean', 'printable', 'shown', 'Random', 'blocksOf', 'builtin', 'extensionOf', 'factsOf', 'isOnDisk', 'joinPath', 'mountFiles', 'openSource', 'readText'] },
  trainer: { packages: ['tensor-core', 'importance', 'optimizers', 'id3', 'files', 'hub', 'models', 'adapters', 'tasks'] },
  benchmark: { packages: ['tensor-core', 'id3', 'files', 'hub', 'models', 'tasks', 'trainer'] },
  queue: { packages: ['tensor-core', 'files', 'trainer', 'benchmark'] },
  report: { packages: ['tensor-core', 'tasks', 'trainer', 'benchmark'], fromCore: ['UnmaskError', 'Random', 'didYouMean', 'printable', 'writeWhole'] },
  pretraining: { packages: ['tensor-core', 'optimizers', 'id3', 'models', 'tasks', 'trainer'] },
  testing: { packages: ['tensor-core'], tensorflow: 'tfjs$' },
};
const APP = { packages: Object.keys(PACKAGES).filter((name) => !['testing', 'pretraining'].includes(name)) };

/**
 * What tests of any package may import besides: the test helpers, all of tensor-core, what the package names, and
 * TensorFlow.js with its own gradients and layers, to compare with.
 * @param {{ packages?: string[], inTests?: string[], tensorflow?: string | undefined }} rule
 */
const forTests = ({ packages = [], inTests = [], tensorflow = 'tfjs(?:-backend-cpu)?$' }) => ({ packages: [...packages, ...inTests, 'tensor-core', 'testing'], tensorflow });

/**
 * The restrictions of one package as options of `@typescript-eslint/no-restricted-imports` and `no-restricted-syntax`.
 * @param {{ packages?: string[], fromCore?: string[] | undefined, tensorflow?: string | undefined }} rule
 * @returns {import('eslint').Linter.RulesRecord}
 */
function restrictions({ packages = [], fromCore, tensorflow }) {
  const foreign = `^@unmask/(?!(?:${packages.join('|')})$)`;
  const engine = `^@tensorflow/${tensorflow ? `(?!${tensorflow})` : ''}`;
  const patterns = [
    { regex: foreign, message: 'packages/config/boundaries.js lists what this package may import, each by its root' },
    { regex: engine, message: "write import { tf } from '@unmask/tensor-core': one engine serves all packages" },
  ];
  const narrowed = {
    regex: '^@unmask/tensor-core$',
    allowTypeImports: true,
    ...(fromCore?.length ? { allowImportNames: fromCore } : {}),
    message: `this package takes only ${fromCore?.length ? fromCore.join(', ') : 'types'} from tensor-core`,
  };
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: fromCore ? [...patterns, narrowed] : patterns }],
    'no-restricted-syntax': [
      'error',
      ...patterns.map(({ regex, message }) => ({
        selector: `ImportExpression > Literal[value=/${regex.replaceAll('/', '\\/')}/]`,
        message,
      })),
    ],
  };
}

/**
 * One package's sources and tests.
 * @param {string} folder
 * @param {Parameters<typeof restrictions>[0]} rule
 * @returns {import('eslint').Linter.Config[]}
 */
const boundary = (folder, rule) => [
  { files: [`${folder}/src/**/*.ts`], ignores: ['**/*.test.ts'], rules: restrictions(rule) },
  { files: [`${folder}/src/**/*.test.ts`], rules: restrictions(forTests(rule)) },
];

/** The import arrows as eslint configuration. */
export const boundaries = [
  ...Object.entries(PACKAGES).flatMap(([name, rule]) => boundary(`packages/${name}`, rule)),
  ...boundary('apps/*', APP),
];
