/* eslint-disable no-undef -- this becomes part of CommonJS modules, which know their file and `require` */
const url = () => require('node:url').pathToFileURL(__filename).href;

/** `import.meta.url` for a CommonJS module, which has none; only modules that use it get it. */
export const importMetaUrl = /* @__PURE__ */ url();
