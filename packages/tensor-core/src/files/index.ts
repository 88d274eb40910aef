export { appendTo, blocksOf, copyPath, ensureFolder, factsOf, isFolder, namesIn, openSource, readText, removePath, renamePath, writeWhole } from './files.js';
export { MemoryVolume } from './memory.js';
export { folderOf, joinPath, nameOf } from './paths.js';
export type { Content, PathFacts, Source, Volume } from './volume.js';
export { mountVolume, volumeOf } from './volumes.js';
