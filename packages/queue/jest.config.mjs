import { jestProject } from '@unmask/config/jest';

export default jestProject('queue');
