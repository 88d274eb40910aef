import { library } from '@unmask/config/tsup';

export default library({ entry: ['src/index.ts', 'src/browser.ts'] });
