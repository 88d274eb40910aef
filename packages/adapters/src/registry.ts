import { didYouMean, shown, UnmaskError } from '@unmask/tensor-core';
import { ConfigFields } from './config.js';
import type { AdapterMethod } from './method.js';
import { type AdapterConfig, adapterMethods } from './methods/index.js';

/** The method of a configuration. @throws UnmaskError when it names none that is known */
export function methodOf(type: unknown): AdapterMethod {
  const known = adapterMethods.map((method) => method.type);
  const found = adapterMethods.find((method) => method.type === type);
  if (found) return found;
  throw new UnmaskError(`peft_type ${shown(type)} is not supported; choose from ${known.join(', ')}${typeof type === 'string' ? didYouMean(type, known) : ''}`, { code: 'unsupported' });
}

/**
 * Checks the fields of a configuration from a file or a command line, and fills in the defaults.
 * @param finished whether it is that of a trained adapter, whose start does not matter any more
 * @throws UnmaskError naming a field that is unknown, out of range or not supported
 */
export function adapterConfig(fields: Readonly<Record<string, unknown>>, { finished = false } = {}): AdapterConfig {
  const read = new ConfigFields(fields, { finished });
  const parsed = methodOf(fields.peft_type).parse(read);
  read.finish();
  return parsed as AdapterConfig;
}
