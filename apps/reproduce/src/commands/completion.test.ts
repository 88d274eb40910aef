import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { capturedApp } from '@unmask/testing';
import { main } from '../main.js';

const app = capturedApp(main);

describe('unmask completion bash', () => {
  let script: string;
  beforeEach(async () => {
    expect(await app.run('completion', 'bash')).toBe(0);
    script = await app.file('unmask.bash', [app.out]);
  });

  /** What bash offers for a line whose last word is begun. */
  function complete(...words: string[]): string[] {
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}; _unmask; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { TMPDIR } = process.env;
    return execFileSync('bash', ['--norc', '-c', `source '${script}'; ${line}`], { encoding: 'utf8', env: { PATH: process.env.PATH, TMPDIR } }).split('\n').filter((word) => word !== '');
  }

  test('is a valid script', () => {
    execFileSync('bash', ['-n', script]);
  });

  test.each<[string[], string[]]>([
    [['ru'], ['run']],
    [['ev'], ['eval']],
    [['run', '--ba'], ['--batch-size', '--backend']],
    [['run', '--tasks', 'sc'], ['scitldr']],
    [['run', '--tasks', 'rte,mr'], ['rte,mrpc']],
    [['run', '--methods', 'fish'], ['fishmask']],
    [['train', '--method', 'bitfit-'], ['bitfit-1d']],
    [['train', '--task', 're'], ['regression']],
    [['train', '--bias-correction', ''], ['entry', 'global']],
    [['predict', '--backend', 'was'], ['wasm']],
    [['completion', 'fi'], ['fish']],
    [['train', '--data', 'mi'], []], // bash offers files
  ])('completes unmask %j', (words, offered) => {
    expect(complete('unmask', ...words).sort()).toEqual([...offered].sort());
  });
});

test('zsh: every command has its options, with what their values may be', async () => {
  expect(await app.run('completion', 'zsh')).toBe(0);
  expect(app.out).toMatch(/^#compdef unmask\n/);
  expect(app.out).toContain("'train:fine-tune a model on your own rows'");
  expect(app.out).toContain("'--task[what the rows ask for]:value:(classification regression tags completion multilabel preference chat embedding text)'");
  expect(app.out).toMatch(/'--data\[rows\]:value:_files'/);
});

test('fish: every command has its options, with what their values may be', async () => {
  expect(await app.run('completion', 'fish')).toBe(0);
  expect(app.out).toContain("complete -c unmask -n '__fish_seen_subcommand_from train' -l task -d 'what the rows ask for' -x -a 'classification regression tags completion multilabel preference chat embedding text'");
  expect(app.out).toContain("complete -c unmask -n '__fish_seen_subcommand_from train' -l data -d 'rows' -r");
  expect(app.out).toContain("complete -c unmask -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'");
});

test('another shell is refused', async () => {
  expect(await app.run('completion', 'csh')).toBe(2);
  expect(app.error).toContain('Allowed choices are bash, zsh, fish');
});
