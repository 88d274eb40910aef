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

process.exitCode = await main(process.argv.slice(2));
