export type { ConfigInput, PeftConfig, TargetConfig } from './config.js';
export { ConfigFields } from './config.js';
export { loadAdapter, saveAdapter } from './files.js';
export { lora, type LoraConfig } from './lora/index.js';
export { defineAdapter, LayerAdapter, type AdapterMethod, type Attachment, type BaseModel, type ForwardFunction } from './method.js';
export { DEFAULT_ADAPTER, getPeftModel, PeftModel, type Adapter } from './peft-model.js';
export { adapterMethods, methodOf } from './registry.js';
export { findTargets, matches, type NamedLayer } from './targets.js';
