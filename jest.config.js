// One jest, three sizes of test. A test's file name says its size:
//   x.spec.ts       unit: no I/O, beside its source
//   x.int.spec.ts   integration: a real store, bus or file system
//   x.e2e.spec.ts   end to end: real processes, in apps/platform-e2e
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@symphainy/source', 'node', 'require', 'default'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/tools/bench/peers/'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        module: { type: 'commonjs', ignoreDynamic: true },
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
};

module.exports = {
  projects: [
    { ...shared, displayName: 'unit', setupFiles: ['<rootDir>/tools/scripts/property-seed.cjs'], setupFilesAfterEnv: ['<rootDir>/tools/scripts/patience.cjs'], testMatch: ['**/*.spec.ts'], testPathIgnorePatterns: ['/node_modules/', '\\.(int|e2e)\\.spec\\.ts$'] },
    { ...shared, displayName: 'integration', setupFilesAfterEnv: ['<rootDir>/tools/scripts/patience.cjs'], testMatch: ['**/*.int.spec.ts'] },
    { ...shared, displayName: 'e2e', setupFilesAfterEnv: ['<rootDir>/tools/scripts/patience.cjs'], testMatch: ['**/*.e2e.spec.ts'] },
  ],
};
