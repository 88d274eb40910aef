export { builtin } from './builtin.js';
export { appendTo, blocksOf, copyPath, ensureFolder, factsOf, isFolder, namesIn, openSource, readText, removeEmptyFolder, removePath, renamePath, writeWhole } from './files.js';
export { parseJson, readJsonFile } from './json.js';
export { MemoryVolume } from './memory.js';
export { extensionOf, folderOf, joinPath, nameOf, stemOf } from './paths.js';
export type { Content, PathFacts, Source, Volume } from './volume.js';
export { absolutePath, isOnDisk, makeTemporaryFolder, mountFiles, mountVolume, volumeOf } from './volumes.js';
