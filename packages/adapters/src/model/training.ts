import { add, type GradientSink, type Parameter, type ParameterGradient, type tf } from '@unmask/tensor-core';
import type { Adapter } from './adapter.js';
import type { PeftModel } from './peft-model.js';

/** The task's loss and the terms that the active adapters add to it. Call it within the forward pass. @param loss a scalar */
export function withPenalties(model: PeftModel, loss: tf.Tensor): tf.Tensor {
  return activeAdapters(model).reduce((sum, { penalty }) => (penalty ? add(sum, penalty()) : sum), loss);
}

/** A sink for the backward pass that shows each gradient to the active adapters that need it before it gives it to `sink`. */
export function observed(model: PeftModel, sink: GradientSink): GradientSink {
  const observers = activeAdapters(model).flatMap(({ observe }) => observe ?? []);
  const wants = (observer: GradientSink, parameter: Parameter) => observer.needs?.(parameter) ?? 'all';
  return Object.assign(
    (parameter: Parameter, gradient: ParameterGradient): void => {
      for (const observer of observers) if (wants(observer, parameter) !== 'nothing') observer(parameter, gradient);
      sink(parameter, gradient);
    },
    { needs: (parameter: Parameter) => (observers.some((observer) => wants(observer, parameter) !== 'nothing') ? 'all' : wants(sink, parameter)) },
  );
}

/** Lets the active adapters do what they do after an optimizer step, e.g. prune. @param step 1-based */
export function finishStep(model: PeftModel, step: number): void {
  for (const { afterStep } of activeAdapters(model)) afterStep?.(step);
}

/** What the active adapters carry from step to step besides their parameters, as AdaLoRA its importance: a checkpoint has to hold it. */
export function adapterState(model: PeftModel): Map<string, Float32Array> {
  return new Map(model.active.flatMap((name) => [...(model.adapters.get(name)!.state?.save() ?? [])].map(([key, values]) => [`${name}.${key}`, values] as const)));
}

/**
 * Puts what {@link adapterState} gave into the active adapters of a model that is made like that one.
 * @throws UnmaskError when it is of other adapters
 */
export function restoreAdapterState(model: PeftModel, state: ReadonlyMap<string, Float32Array>): void {
  for (const name of model.active) {
    const own = [...state].flatMap(([key, values]) => (key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), values] as const] : []));
    model.adapters.get(name)!.state?.restore(new Map(own));
  }
}

const activeAdapters = (model: PeftModel): Adapter[] => model.active.map((name) => model.adapters.get(name)!);
