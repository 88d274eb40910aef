import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FILE = resolve(import.meta.dirname, '../packages/adapters/capabilities.json');

/** What one method does in one family, by the tests that passed. */
export interface Capability {
  /** Whether the family has no place for any of its configurations. */
  readonly refused: boolean;
  /** Whether all of its configurations merge, some, or none. */
  readonly merges: 'all' | 'some' | 'none';
  readonly saves: boolean;
  /** Whether a selective method trains a budget of it. */
  readonly selective: boolean;
  /** Engines that it runs and trains on. */
  readonly engines: readonly string[];
}

/** By `peft_type`, then by `model_type`. */
export type Capabilities = Readonly<Record<string, Readonly<Record<string, Capability>>>>;

export const readCapabilities = (): Capabilities => JSON.parse(readFileSync(FILE, 'utf8')) as Capabilities;

export const writeCapabilities = (capabilities: Capabilities): void => writeFileSync(FILE, `${JSON.stringify(sorted(capabilities), null, 2)}\n`);

const sorted = <T>(record: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));

/** The table as Markdown. */
export function capabilityTable(capabilities: Capabilities): string {
  const families = [...new Set(Object.values(capabilities).flatMap((row) => Object.keys(row)))].sort();
  const rows = Object.entries(sorted(capabilities)).map(([type, row]) => `| \`${type}\` | ${families.map((family) => cell(row[family])).join(' | ')} |`);
  return `# What each adapter can do in each family

Written by \`npm run capabilities\` from the tests that passed, and by nothing else: \`src/conformance.test.ts\` over all tiny models
and all configurations of each method.

| letter | what passed |
| --- | --- |
| M | merging, unmerging and unloading; m: of some configurations, the others refuse |
| S | saving and loading |
| T | training a budget of its entries with ID³, with checkpointing too |
| c w o | running, switching off and training on the engines \`cpu\`, \`wasm\`, \`onnxruntime\` |
| — | the family has no place for it, and says so |

| method | ${families.join(' | ')} |
| --- |${' --- |'.repeat(families.length)}
${rows.join('\n')}
`;
}

function cell(capability: Capability | undefined): string {
  if (!capability) return 'not run';
  if (capability.refused) return '—';
  const { merges, saves, selective, engines } = capability;
  const letters = [{ all: 'M', some: 'm', none: '' }[merges], saves && 'S', selective && 'T', ...engines.map((engine) => engine[0])];
  return letters.filter(Boolean).join(' ');
}
