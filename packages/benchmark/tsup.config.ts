import { library } from '@unmask/config/tsup';

// the child's program is run, not imported
export default library({ entry: ['src/index.ts', 'src/executors/child.ts'] });
