export type { ConfigInput, PeftConfig, TargetConfig } from './config.js';
export { ConfigFields } from './config.js';
export { loadAdapter, saveAdapter } from './files.js';
export { defineAdapter, LayerAdapter, type AdapterMethod, type Attachment, type BaseModel, type ForwardFunction } from './method.js';
export { DEFAULT_ADAPTER, getPeftModel, PeftModel, type Adapter } from './peft-model.js';
export * from './methods.js';
export { methodOf } from './registry.js';
export { findTargets, matches, type NamedLayer } from './targets.js';
