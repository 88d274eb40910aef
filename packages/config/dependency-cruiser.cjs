/** No file imports itself by way of others, through types either: a circle makes two files one, and hides which is the lower. */
module.exports = {
  forbidden: [{ name: 'no-circular', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'dist/|\\.test\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@unmask/source', 'import', 'default'], mainFields: ['main'], extensions: ['.ts', '.js'] },
  },
};
