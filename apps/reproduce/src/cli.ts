#!/usr/bin/env node
import { main } from './main.js';

// A reader that has seen enough, as in `unmask generate … | head`, ends the program.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));
