import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of TypeScript in a README. */
export interface Snippet {
  /** README and line of the fence, as `packages/id3/README.md:12`. */
  readonly place: string;
  readonly code: string;
  /** False for blocks marked `ts no-run`, which are compiled only. */
  readonly runs: boolean;
}

/** Every TypeScript block of the README at `root`, of those in its packages and apps, and in the folders of their sources, two deep. */
export function findSnippets(root: string): Snippet[] {
  const children = (parent: string) => (existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => `${parent}${name}/`) : []);
  const packages = ['packages/', 'apps/'].flatMap(children);
  const sources = packages.flatMap((folder) => children(`${folder}src/`));
  return ['', ...packages, ...sources, ...sources.flatMap(children)]
    .map((folder) => `${folder}README.md`)
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => snippetsIn(path, readFileSync(join(root, path), 'utf8')));
}

/** The TypeScript blocks of one README's text. */
export function snippetsIn(path: string, text: string): Snippet[] {
  return [...text.matchAll(/^```ts( no-run)?\n(.*?)^```$/gms)].map((match) => ({
    place: `${path}:${text.slice(0, match.index).split('\n').length}`,
    code: match[2],
    runs: match[1] === undefined,
  }));
}
