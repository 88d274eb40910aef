import { adapters, type Method, methods } from '@unmask/trainer';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { plainTable } from '../table.js';

/** `unmask methods`: lists the methods. */
export function methodsCommand(): Command {
  return new Command('methods')
    .description('list the methods of fine-tuning: what each trains, chosen by which metric, when and where, and the paper that it is from')
    .option('--json', 'print the list as JSON on standard output', false)
    .addHelpText(
      'after',
      `
A method that trains a budget goes together with an adapter, of whose parameters it then trains as many: id3+lora.

Examples:
  unmask methods
  unmask methods --json | jq -r ".[].name"`,
    )
    .action(({ json }: { json: boolean }) => {
      const all = [...methods, ...adapters].map(facts);
      process.stdout.write(`${json ? asJson(all) : table(all)}\n`);
    });
}

const TRAINS: Readonly<Record<Method['trains'], string>> = { budget: 'a budget', 'own-set': 'its own set', everything: 'everything' };

const facts = ({ name, summary, trains, adapter, learningRate, parts, source }: Method) => ({ name, summary, trains: adapter ? 'an adapter' : TRAINS[trains], learningRate, ...parts, source });

function table(all: readonly ReturnType<typeof facts>[]): string {
  const rows = all.map(({ name, trains, learningRate, metric = '', schedule = '', scope = '', source = '', summary }) => [name, trains, metric, schedule, scope, String(learningRate), source, summary]);
  return plainTable(['method', 'trains', 'metric', 'schedule', 'scope', 'learning rate', 'source', 'what it is'], rows, 8);
}
