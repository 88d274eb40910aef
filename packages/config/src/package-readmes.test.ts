import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { snippetsIn } from './snippets.js';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Packages that are published and imported, by name. */
const PACKAGES = readdirSync(join(ROOT, 'packages'))
  .filter((folder) => existsSync(join(ROOT, 'packages', folder, 'package.json')))
  .map((folder) => ({ ...readFields(folder), folder }))
  .filter((fields) => !fields.private)
  .map(({ folder, name, keywords = [] }) => ({ name, keywords, readme: readFileSync(join(ROOT, 'packages', folder, 'README.md'), 'utf8') }));

function readFields(folder: string): { readonly name: string; readonly private?: boolean; readonly keywords?: readonly string[] } {
  return JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8')) as ReturnType<typeof readFields>;
}

/** The package of an imported name, or of a path within node_modules: `@unmask/id3` of `@unmask/id3/node`. */
const packageOf = (path: string) => path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/');

describe.each(PACKAGES)('$name', ({ name, keywords, readme }) => {
  const installed = new Set([...readme.matchAll(/^npm install (.+)$/gm)].flatMap(([, names]) => names.split(' ')));
  const blocks = snippetsIn('README.md', readme);

  test('npm finds it by keywords', () => expect(keywords.length).toBeGreaterThanOrEqual(4));

  test('says how it is installed', () => expect(installed).toContain(name));

  test('its blocks need nothing but what the README installs, and what is on the hub', () => {
    const imports = blocks.flatMap(({ code }) => [...code.matchAll(/ from '([^']+)'|^import '([^']+)'/gm)].map(([, from, bare]) => from ?? bare));
    const folders = blocks.flatMap(({ code }) => [...code.matchAll(/'node_modules\/([^']+)'/g)].map(([, path]) => path));
    const needed = [...imports.filter((path) => !path.startsWith('node:')), ...folders].map(packageOf);
    expect(needed.filter((each) => !installed.has(each))).toEqual([]);
    expect(blocks.filter(({ code }) => code.includes("'packages/"))).toEqual([]);
  });
});
