import type { AdapterConfigInput } from './methods/index.js';

/** A configuration that the conformance suite runs. Each method's folder lists some in its `configurations.ts`. */
export interface Configuration {
  /** What it is called in the suite. */
  readonly name: string;
  readonly config: AdapterConfigInput;
  /** Whether a fresh adapter computes what the base computes; true when left out. */
  readonly identity?: boolean;
  /** Whether its gradients are those of the loss, and not of one with parts held constant; true when left out. */
  readonly exactGradients?: boolean;
  /** `model_type` of the families that refuse it: they have no place for it, or PEFT has no default of where it goes. */
  readonly refusedBy?: readonly string[];
  /** Whether it merges; true when left out. */
  readonly mergeable?: boolean;
}
