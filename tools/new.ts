/**
 * Makes the folder of a new adapter method, and its changeset.
 *   npm run new adapter <name>    e.g. npm run new adapter scaled-output
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { adapterFiles } from './new-adapter.js';

const ROOT = resolve(import.meta.dirname, '..');
const [kind, name] = process.argv.slice(2);
if (kind !== 'adapter' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? '')) throw new Error('usage: npm run new adapter <name>, with a name like scaled-output');
const folder = `packages/adapters/src/methods/${name}`;
if (existsSync(join(ROOT, folder))) throw new Error(`there is something at ${folder}: choose another name`);

mkdirSync(join(ROOT, folder));
for (const [path, content] of Object.entries(adapterFiles(name))) {
  writeFileSync(join(ROOT, path), content);
  console.log(`wrote ${path}`);
}
spawnSync(process.execPath, [...process.execArgv, join(import.meta.dirname, 'generate.ts')], { stdio: 'inherit' });
console.log(`next: the tests to be written in ${folder}/${name}.test.ts; CONTRIBUTING.md says the rest`);
