import { library } from '@unmask/config/tsup';

// the child's program is run, not imported
export default library({ entry: { index: 'src/index.ts', child: 'src/executors/child.ts' } });
