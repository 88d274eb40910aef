export { fetchHubFile, fetchHubFolder, type HubOptions, type HubRepository, type HubSelection } from './hub.js';
