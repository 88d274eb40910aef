// Imports the files named on the command line one after another, and reports each to the parent process.
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) {
  /** @type {string | undefined} */
  let problem;
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    problem = error instanceof Error ? error.stack : String(error);
  }
  process.send?.({ file, problem });
}
process.disconnect?.();
