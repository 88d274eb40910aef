import { getTask, type Task, taskNames } from '@unmask/tasks';
import { Command } from 'commander';
import { asJson } from '../json.js';
import { plainTable } from '../table.js';

/** `unmask tasks`: lists the tasks. */
export function tasksCommand(): Command {
  return new Command('tasks')
    .description('list the tasks of unmask run')
    .option('--json', 'print the list as JSON on standard output', false)
    .addHelpText('after', '\nExamples:\n  unmask tasks\n  unmask tasks --json | jq -r ".[].name"')
    .action(({ json }: { json: boolean }) => {
      const tasks = taskNames.map(getTask).map(facts);
      process.stdout.write(`${json ? asJson(tasks) : table(tasks)}\n`);
    });
}

function facts(task: Task) {
  const { name, kind, metrics, primaryMetric, evaluationSplits, trainedOn = name, hub } = task;
  const labels = 'labels' in task ? task.labels : null;
  return { name, kind, labels, metrics: Object.keys(metrics), primaryMetric, trainedOn, evaluationSplits, hub: hub ? `${hub.repository}@${hub.revision}` : null };
}

const HEAD = ['task', 'kind', 'metrics (* ranks)', 'trained on', 'measured on', 'on the hub'];

function table(tasks: readonly ReturnType<typeof facts>[]): string {
  const rows = tasks.map(({ name, kind, metrics, primaryMetric, trainedOn, evaluationSplits, hub }) => [
    name,
    kind,
    metrics.map((metric) => (metric === primaryMetric ? `${metric}*` : metric)).join(', '),
    `${trainedOn}/train`,
    evaluationSplits.join(', ') || '–',
    hub?.split('@')[0] ?? '–',
  ]);
  return plainTable(HEAD, rows, HEAD.length);
}
