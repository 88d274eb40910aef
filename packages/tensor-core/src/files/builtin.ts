/**
 * A built-in module of Node, or undefined in a browser. It is asked for at run time, and not imported, so that a bundle for a
 * browser needs no stand-in for it.
 * @param name such as `node:path`
 */
export const builtin = <Module>(name: string): Module | undefined => (globalThis.process as Partial<NodeJS.Process> | undefined)?.getBuiltinModule?.(name) as Module | undefined;
