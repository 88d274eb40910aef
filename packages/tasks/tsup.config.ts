import { library } from '@unmask/config/tsup';

const entry = 'src/index.ts';

export default library({
  entry: { index: entry, 'parquet-decoder': 'src/files/parquet/parquet-decoder.js' }, // a process of its own
  dts: { entry, compilerOptions: { ignoreDeprecations: '6.0' } },
});
