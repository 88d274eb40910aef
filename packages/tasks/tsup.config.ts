import { library } from '@unmask/config/tsup';

const entry = 'src/index.ts';

export default library({
  entry: { index: entry, 'parquet-decoder': 'src/files/parquet/parquet-decoder.js' }, // a process of its own
  splitting: true, // what decodes parquet in a browser is a file of its own, loaded when it is needed
  dts: { entry, compilerOptions: { ignoreDeprecations: '6.0' } },
});
