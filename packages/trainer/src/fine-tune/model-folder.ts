import { mountFiles } from '@unmask/tensor-core';

/** A model: a hub id, a folder in Hugging Face layout, or the files of one that a user has chosen on a page. */
export type ModelFiles = string | Iterable<File>;

/** Where a model's files are read, and what ends that. */
export function modelFolder(files: ModelFiles): { readonly folder: string; readonly unmount: () => void } {
  return typeof files === 'string' ? { folder: files, unmount: () => undefined } : mountFiles(files);
}
