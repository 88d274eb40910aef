/**
 * Finds out what each adapter can do in each model family, by the conformance suite over all tiny models, and writes
 * packages/adapters/CAPABILITIES.md. It takes some minutes for all methods.
 *   npm run capabilities                       all methods
 *   npm run capabilities -- LORA BOTTLENECK    these alone; the others keep their rows
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Capabilities, type Capability, readCapabilities, writeCapabilities } from './capability-table.js';

/** One test of Jest's report. */
interface Outcome {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'pending';
}

/** What a describe block of the suite is called, and what its tests begin with. */
const SUBJECT = /^(?<type>\w+): .* in (?<model>tiny-[\w-]+)$/;
const ENGINE = /^it on (\w+)$/;

const types = process.argv.slice(2);
const outcomes = run(types);
const failed = outcomes.filter(({ status }) => status === 'failed');
if (failed.length > 0) {
  for (const { ancestorTitles, title } of failed) console.error(`failed: ${[...ancestorTitles, title].join(' › ')}`);
  throw new Error(`${failed.length} tests failed: nothing is written`);
}
const found = capabilitiesOf(outcomes.filter(({ status }) => status === 'passed'));
for (const type of types) if (!found[type]) throw new Error(`no configuration has the peft_type ${type}`);
writeCapabilities(types.length > 0 ? { ...readCapabilities(), ...found } : found);
spawnSync(process.execPath, [...process.execArgv, join(import.meta.dirname, 'generate.ts')], { stdio: 'inherit' });

/** Runs the suite but for its finite differences, which no cell shows and which take most of its time. @param chosen types, all when empty */
function run(chosen: readonly string[]): Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), 'capabilities-'));
  const report = join(folder, 'report.json');
  try {
    const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', 'packages/adapters/src/conformance.test.ts'];
    spawnSync(process.execPath, [...jest, '--json', `--outputFile=${report}`, '-t', `^(${chosen.join('|') || '\\w+'}): (?!.*finite differences)`], {
      env: { ...process.env, UNMASK_CONFORMANCE: 'all' },
      stdio: 'ignore',
    });
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { assertionResults: Outcome[] }[] };
    return testResults.flatMap(({ assertionResults }) => assertionResults);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function capabilitiesOf(passed: readonly Outcome[]): Capabilities {
  const groups = new Map<string, Map<string, Outcome[]>>();
  for (const outcome of passed) {
    const subject = outcome.ancestorTitles.map((title) => SUBJECT.exec(title)?.groups).find(Boolean);
    if (!subject) continue;
    const families = groups.get(subject.type) ?? new Map<string, Outcome[]>();
    const family = familyOf(subject.model);
    groups.set(subject.type, families.set(family, [...(families.get(family) ?? []), outcome]));
  }
  return Object.fromEntries([...groups].map(([type, families]) => [type, Object.fromEntries([...families].sort().map(([family, tests]) => [family, capabilityOf(tests)]))]));
}

function familyOf(model: string): string {
  return (JSON.parse(readFileSync(`packages/models/fixtures/${model}/config.json`, 'utf8')) as { model_type: string }).model_type;
}

/** From the tests of one method in one family; all have passed. */
function capabilityOf(tests: readonly Outcome[]): Capability {
  const has = (start: string) => tests.some(({ title }) => title.startsWith(start));
  const [merged, unmerged] = [has('merged it computes the same'), has('refuses to be merged')];
  return {
    refused: tests.every(({ title }) => title === 'is refused'),
    merges: !merged ? 'none' : unmerged ? 'some' : 'all',
    saves: has('saved and loaded'),
    selective: has('trains its own parameters alone') && has('checkpointing gives the same bits'),
    engines: [...new Set(tests.flatMap(({ ancestorTitles }) => ancestorTitles.flatMap((title) => ENGINE.exec(title)?.[1] ?? [])))],
  };
}
