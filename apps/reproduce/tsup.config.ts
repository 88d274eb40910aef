import { library } from '@unmask/config/tsup';

// a command-line app is run, not imported: one ES module, no types
export default library({ entry: ['src/cli.ts'], format: ['esm'], dts: false });
