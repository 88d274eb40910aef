import { getKernelsForBackend, type KernelConfig, type KernelFunc, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { DeviceBackend } from './backends/device-backend.js';
import { elementType, type KernelCall } from './graphs/kernel-call.js';
import type { Lowering } from './lowering/lowering.js';

/** Kernels that give their input another shape, whatever its values. */
const VIEWS = ['Identity', 'Reshape', 'ExpandDims'];

/** Registers every kernel of tfjs's cpu backend under `backendName`, the lowered ones on the backend's device. */
export function registerKernels(backendName: string, lowerings: Readonly<Record<string, Lowering>>): void {
  for (const config of getKernelsForBackend('cpu')) {
    const lowering = lowerings[config.kernelName];
    const onHost = VIEWS.includes(config.kernelName) ? config.kernelFunc : guarded(config);
    registerKernel({ ...config, backendName, kernelFunc: lowering ? dispatch(config.kernelName, lowering, onHost) : onHost });
  }
  for (const [kernelName, lowering] of Object.entries(lowerings)) {
    if (kernelName.startsWith('Unmask')) {
      registerKernel({ kernelName, backendName, kernelFunc: dispatch(kernelName, lowering, undefined) });
    }
  }
}

/** A cpu kernel among kernels of a device. */
function guarded(config: KernelConfig): KernelFunc {
  return (params) => {
    const backend = params.backend as DeviceBackend<object>;
    const inputs = Object.values(params.inputs).flat();
    backend.toHost(inputs, config.kernelName);
    const output = config.kernelFunc(params);
    backend.fromHost([output].flat(), inputs);
    return output;
  };
}

/** Runs a kernel on the device where its operands allow it, else on the host. */
function dispatch(kernelName: string, lowering: Lowering, onHost: KernelFunc | undefined): KernelFunc {
  return (params) => {
    const inputs = lowering.inputs.length === 0 ? (Object.values(params.inputs) as TensorInfo[]) : lowering.inputs.map((name) => params.inputs[name]);
    const call: KernelCall = { kernelName, lowering, inputs, attributes: params.attrs ?? {} };
    if (onHost && !supported(call)) return onHost(params);
    const outputs = (params.backend as DeviceBackend<object>).run(call);
    return outputs.length === 1 ? outputs[0] : outputs;
  };
}

/** Other element types, empty tensors and unusual attributes stay with the cpu kernels. */
function supported({ kernelName, lowering, inputs, attributes }: KernelCall): boolean {
  const typed = inputs.every((input, index) => !input || (input.dtype === elementType(lowering, index) && !input.shape.includes(0)));
  if (!typed) return false;
  if (kernelName === 'GatherV2') return (attributes.axis ?? 0) === 0 && (attributes.batchDims ?? 0) === 0;
  if (kernelName === 'Softmax') return attributes.dim === undefined || attributes.dim === inputs[0]!.shape.length - 1;
  if (kernelName === 'LogSoftmax') return attributes.axis === undefined || attributes.axis === inputs[0]!.shape.length - 1;
  return true;
}
