import { add, type GradientSink, type Parameter, type ParameterGradient, type tf } from '@unmask/tensor-core';
import type { Adapter, PeftModel } from './peft-model.js';

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

/** Whether active adapters carry something from step to step besides their parameters, as AdaLoRA its importance: no checkpoint holds it. */
export function keepsState(model: PeftModel): boolean {
  return activeAdapters(model).some(({ afterStep }) => afterStep);
}

const activeAdapters = (model: PeftModel): Adapter[] => model.active.map((name) => model.adapters.get(name)!);
