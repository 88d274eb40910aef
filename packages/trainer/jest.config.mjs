import { jestProject } from '@unmask/config/jest';

export default jestProject('trainer');
