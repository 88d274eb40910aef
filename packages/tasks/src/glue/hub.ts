import type { HubSource } from '../task.js';

/** Where the GLUE task of that name is on the hub. */
export function glueOnHub(name: string): HubSource {
  return {
    repository: 'nyu-mll/glue',
    revision: 'bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c',
    file: (split) => `${name}/${split}-00000-of-00001.parquet`,
  };
}
