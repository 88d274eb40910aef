import { library } from '@unmask/config/tsup';

export default library();
