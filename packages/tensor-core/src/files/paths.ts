/** A path within a folder. */
export const joinPath = (folder: string, ...names: readonly string[]): string => [folder.replace(/[/\\]+$/, ''), ...names].join('/');

/** The last part of a path. */
export const nameOf = (path: string): string => path.replace(/[/\\]+$/, '').replace(/^.*[/\\]/s, '');

/** The folder that a path is in: `.` for a name alone. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return end < 0 ? '.' : path.slice(0, Math.max(end, 1));
}

/** The ending of a path's name, such as `csv`, in small letters; empty where there is none. */
export const extensionOf = (path: string): string => /[^.]\.([^.]*)$/.exec(nameOf(path))?.[1].toLowerCase() ?? '';

/** The last part of a path without its ending. */
export const stemOf = (path: string): string => nameOf(path).replace(/(?<=[^.])\.[^.]*$/, '');
