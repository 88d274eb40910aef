import { hostname } from 'node:os';
import { Command } from 'commander';
import { defaultModel, tinyLanguageModel } from '../default-model.js';
import { queueOption } from '../execution-options.js';
import { interruptible } from '../interrupt.js';
import { note } from '../note.js';
import { integer, list } from '../options.js';

interface WorkerOptions {
  queue: string;
  name: string;
  model: string[];
  data: string[];
  memory?: number;
}

/** `unmask worker`: carries out the runs that others submit to a queue. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('carry out the runs of a queue, until Ctrl-C')
    .addOption(queueOption('where runs come from and results go').makeOptionMandatory())
    .option('--name <name>', "in the submitter's view; one worker of a name at a time on a machine", hostname())
    .option('--model <folders>', 'where models may be on this machine, besides where runs say; they are known by their contents', list, [])
    .option('--data <folders>', 'where data may be on this machine, besides where runs say', list, [])
    .option('--memory <MB>', 'resident memory that a run may take; its process is ended at more, and started again from its last saved state', integer(1))
    .addHelpText(
      'after',
      `
Examples:
  On each of some machines, with as many names as workers there:
    unmask worker --queue redis://10.0.0.5:6379 --name big
  With a password that no list of processes shows, and a model that is elsewhere on this machine:
    UNMASK_QUEUE=rediss://user:password@host:6380 unmask worker --model /data/models/bert-base --memory 8000
Who may write to the Redis server decides what its workers train, from folders that they can read, but has nothing else executed:
let nobody else reach it. A certificate of your own goes into NODE_EXTRA_CA_CERTS.`,
    )
    .action(async ({ queue, name, model, data, memory }: WorkerOptions) => {
      const { work } = await import('@unmask/queue');
      const models = [...model, defaultModel(), tinyLanguageModel()];
      await interruptible((signal) => work({ url: queue, name, models, data, memoryLimit: memory, signal, onNote: note }));
    });
}
