/**
 * Writes the lists of adapter methods from their folders, packages/adapters/src/methods, the table of what they can do
 * from what `npm run capabilities` found out, and in each package.json where the package comes from.
 *   npm run generate              writes what is out of date
 *   npm run generate -- --check   only says so, and exits with 1
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { capabilityTable, readCapabilities } from './capability-table.js';
import { camelCase } from './names.js';
import { packagesWithMetadata } from './package-metadata.js';

const PACKAGE = 'packages/adapters';
const ROOT = resolve(import.meta.dirname, '..');
const METHODS = `${PACKAGE}/src/methods`;
const NOTE = '// Written by `npm run generate` from the folders beside this file: change those.\n';

const { values: { check } } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const folders = readdirSync(join(ROOT, METHODS)).filter((name) => existsSync(join(ROOT, METHODS, name, 'index.ts'))).sort();
const lines = (line: (folder: string) => string) => folders.map(line).join('');
const names = folders.map(camelCase);

const files = {
  [`${METHODS}/index.ts`]: `${NOTE}${lines((folder) => `import { ${camelCase(folder)} } from './${folder}/index.js';\n`)}import type { NamedConfigInput } from '../config.js';
import type { AdapterMethod, ConfigOf } from '../method.js';

${lines((folder) => `export * from './${folder}/index.js';\n`)}
/** Every method. */
export const adapterMethods: readonly AdapterMethod[] = [${names.join(', ')}];

/** The configurations of all methods, told apart by \`peft_type\`. */
export type AdapterConfig = ConfigOf<${names.map((name) => `typeof ${name}`).join(' | ')}>;

/** What a user writes of one: any of its fields. */
export type AdapterConfigInput = NamedConfigInput<AdapterConfig>;
`,
  [`${METHODS}/configurations.ts`]: `${NOTE}import type { Configuration } from '../conformance.js';
${lines((folder) => `import { configurations as ${camelCase(folder)} } from './${folder}/configurations.js';\n`)}
/** The configurations that the conformance suite runs. */
export const CONFIGURATIONS: readonly Configuration[] = [${names.map((name) => `...${name}`).join(', ')}];
`,
  [`${PACKAGE}/CAPABILITIES.md`]: capabilityTable(readCapabilities()),
  ...packagesWithMetadata(ROOT),
};

for (const [name, content] of Object.entries(files)) {
  const path = join(ROOT, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
  if (check) {
    console.error(`${name} is out of date: run npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, content);
    console.log(`wrote ${name}`);
  }
}
