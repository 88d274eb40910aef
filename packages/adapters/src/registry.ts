import { didYouMean, UnmaskError } from '@unmask/tensor-core';
import type { AdapterMethod } from './method.js';
import { adapterMethods } from './methods.js';

/** The method of a configuration. @throws UnmaskError when it names none that is known */
export function methodOf(type: unknown): AdapterMethod {
  const known = adapterMethods.map((method) => method.type);
  const found = adapterMethods.find((method) => method.type === type);
  if (found) return found;
  throw new UnmaskError(`peft_type ${JSON.stringify(type)} is not supported; choose from ${known.join(', ')}${didYouMean(String(type), known)}`, { code: 'unsupported' });
}
