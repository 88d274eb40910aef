#!/usr/bin/env node
import { fileTrouble } from './file-trouble.js';
import { main } from './main.js';

// A reader that has seen enough, as in `unmask generate … | head`, ends the program; a full disk under a redirection, too.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  const message = fileTrouble(error);
  if (message === undefined) throw error;
  process.stderr.write(`unmask: standard output: ${message}\n`);
  process.exit(2);
});

// npm runs a script in the folder of its package.json, whereas paths are meant from where the user is.
const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
if ((script === 'unmask' || script === 'reproduce') && folder !== undefined) process.chdir(folder);

process.exitCode = await main(process.argv.slice(2));
