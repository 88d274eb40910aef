export default {
  projects: ['<rootDir>/packages/*/jest.config.mjs', '<rootDir>/apps/*/jest.config.mjs'],
  reporters: ['default', '<rootDir>/packages/config/ci-line-reporter.js'],
  maxWorkers: 2,
  testTimeout: 900_000, // no test fails by the clock, on however slow or busy a machine
  workerIdleMemoryLimit: '1GB',
  coverageProvider: 'babel',
  collectCoverageFrom: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
};
