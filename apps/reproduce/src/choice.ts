import { didYouMean } from '@unmask/tensor-core';
import { InvalidArgumentError, type Option } from 'commander';

/** Lets an option take some values alone; another is refused with the nearest of them. */
export function oneOf(option: Option, choices: readonly string[]): Option {
  option.choices(choices); // which help and completion show
  return option.argParser((value: string) => {
    if (choices.includes(value)) return value;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}${didYouMean(value, choices)}.`);
  });
}
