import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, fork } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findSnippets, snippetsIn } from './snippets.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, '.cache/readme-snippets');
/** Milliseconds for all blocks together, on the slowest machine. */
const TIME_LIMIT = 900_000;
const SNIPPETS = findSnippets(ROOT).map((snippet, index) => ({ ...snippet, file: `${String(index).padStart(3, '0')}.ts` }));
/** Those of packages' own READMEs run where the packages are installed from tarballs, by `npm run check:install`. */
const RUNNABLE = SNIPPETS.filter(({ runs, place }) => runs && !/^packages\/[^/]+\/README/.test(place));

/** The compiler's messages, by file. One process compiles all blocks. */
function compile(): Promise<string[]> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return new Promise((done) => {
    execFile(process.execPath, [compiler, '-p', FOLDER, '--pretty', 'false'], { cwd: FOLDER }, (_error, output) => done(output.split('\n')));
  });
}

/** What each block that ran threw, by file; a block that never finished is absent. One process runs all blocks. */
function run(): Promise<Map<string, string | undefined>> {
  const outcomes = new Map<string, string | undefined>();
  const child = fork(join(ROOT, 'packages/config/run-snippets.js'), RUNNABLE.map(({ file }) => join(FOLDER, file)), {
    cwd: FOLDER, // what the blocks write stays here
    execArgv: ['--import', 'tsx', '--conditions=@unmask/source'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: TIME_LIMIT,
  });
  child.on('message', ({ file, problem }: { file: string; problem?: string }) => outcomes.set(file, problem));
  return new Promise((done) => child.on('close', () => done(outcomes)));
}

test('a TypeScript fence is a snippet, with its place', () => {
  const text = 'One\n\n```ts\nconst a = 1;\n```\n\n```sh\nls\n```\n\n```ts no-run\nconst b = 2;\n```\n';
  expect(snippetsIn('README.md', text)).toEqual([
    { place: 'README.md:3', code: 'const a = 1;\n', runs: true },
    { place: 'README.md:11', code: 'const b = 2;\n', runs: false },
  ]);
});

describe('README snippets', () => {
  let messages: string[];
  let outcomes: Map<string, string | undefined>;

  beforeAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    const compilerOptions = { moduleDetection: 'force', noUnusedLocals: false };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }));
    symlinkSync(join(ROOT, 'packages'), join(FOLDER, 'packages'), 'junction');
    for (const { file, code } of SNIPPETS) writeFileSync(join(FOLDER, file), code);
    [messages, outcomes] = await Promise.all([compile(), run()]);
  }, TIME_LIMIT);

  test('the compiler finds its configuration', () => {
    expect(messages.filter((message) => message.startsWith('error'))).toEqual([]);
  });

  test.each(SNIPPETS)('$place compiles', ({ file }) => {
    expect(messages.filter((message) => message.startsWith(`${file}(`))).toEqual([]);
  });

  test.each(RUNNABLE)('$place runs', ({ file }) => {
    const path = join(FOLDER, file);
    expect(outcomes.has(path)).toBe(true);
    expect(outcomes.get(path)).toBeUndefined();
  });
});
