import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * package.json of each package that is published, with where it comes from as the root's `repository` says (`github:<owner>/<name>`),
 * by their paths from the root.
 */
export function packagesWithMetadata(root: string): Readonly<Record<string, string>> {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
  const address = `https://github.com/${(read('package.json').repository as string).replace('github:', '')}`;
  const folders = ['packages', 'apps'].flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
  const written = folders
    .map((folder) => ({ folder, path: `${folder}/package.json` }))
    .filter(({ path }) => existsSync(join(root, path)))
    .map(({ folder, path }) => ({ folder, path, fields: read(path) }))
    .filter(({ fields }) => !fields.private)
    .map(({ folder, path, fields: { name, version, description, keywords, ...others } }) => {
      const metadata = {
        homepage: `${address}/tree/main/${folder}#readme`,
        bugs: `${address}/issues`,
        repository: { type: 'git', url: `git+${address}.git`, directory: folder },
      };
      return [path, `${JSON.stringify({ name, version, description, keywords, ...metadata, ...without(others, Object.keys(metadata)) }, null, 2)}\n`] as const;
    });
  return Object.fromEntries(written);
}

function without(fields: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
