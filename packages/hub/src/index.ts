export { fetchHubFile, fetchHubFolder, type HubSelection } from './hub.js';
export type { HubOptions, HubRepository } from './repository.js';
