/** What to do about failures of a file system, by their codes. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk, or give a folder on another',
  EDQUOT: 'make room in your quota, or give a folder elsewhere',
  EFBIG: 'raise the limit on the size of files (ulimit -f), or give a folder elsewhere',
  EACCES: 'make it accessible, or give another',
  EPERM: 'make it accessible, or give another',
  EROFS: 'give a folder that can be written to',
  ENOENT: 'it was moved or deleted meanwhile; the same command makes it again',
  ENOTDIR: 'a file stands where a folder has to be: move it, or give another name',
  EISDIR: 'a folder stands where a file has to be: move it, or give another name',
  ENOTEMPTY: 'other files came into the folder meanwhile: move them, or give another',
  ENAMETOOLONG: 'give a shorter name',
  ELOOP: 'its links go round in a circle: give another name',
  EMFILE: 'raise the limit on open files (ulimit -n)',
  EIO: 'the disk may be failing: give a folder on another',
};

/** What a failure of a file system is to the user, in one line; undefined for any other error. */
export function fileTrouble(error: unknown): string | undefined {
  const { code = '', syscall, path, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined || !(code in REMEDIES)) return undefined;
  return `${path ?? 'a file'} cannot be used (${message.split(',')[0]}): ${REMEDIES[code]}`;
}
