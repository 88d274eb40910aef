import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { UNREADABLE_OUTPUT, type GraphBuilder } from './onnx/graph.js';

/** The synchronous session of onnxruntime-node's native binding, which its public interface wraps in promises. */
interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: Record<string, unknown>, fetches: Record<string, unknown>, options: object): unknown;
}

interface Native {
  createSession(): NativeSession;
  tensor(type: string, data: SessionTensor['data'], shape: readonly number[]): unknown;
}

let native: Native | undefined;

/**
 * Loads onnxruntime-node, once.
 * @throws Error naming the remedy when it is not installed or has no binary for this platform
 */
export function loadNative(): Native {
  if (native) return native;
  try {
    const require = createRequire(import.meta.url);
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as {
      binding: { InferenceSession: new () => NativeSession };
      initOrt: () => void;
    };
    const { Tensor } = require('onnxruntime-common') as { Tensor: new (type: string, data: unknown, shape: readonly number[]) => unknown };
    initOrt();
    native = {
      createSession: () => new binding.InferenceSession(),
      tensor: (type, data, shape) => new Tensor(type, data, shape),
    };
    return native;
  } catch (cause) {
    throw new Error(
      'onnxruntime-node is not usable here: install it without its optional download, ' +
        '`ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node`',
      { cause },
    );
  }
}

/** One array that goes into or comes out of a session. */
export interface SessionTensor {
  readonly name: string;
  readonly type: 'float32' | 'int32' | 'int64';
  readonly data: Float32Array | Int32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** Threads of each session: the machine's cores, or UNMASK_THREADS. */
const THREADS = Number(process.env.UNMASK_THREADS) || availableParallelism();

const SESSION_OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: THREADS,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  // Every session has threads of its own: they must not spin while another session works.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

/** Output elements from which a copy of them costs more than the exception that prevents it. */
const WORTH_PREVENTING = 2048;

/** What the binding says when an output cannot be handed to JavaScript. */
const CANNOT_READ = /^Tensor type \(\d+\) is not supported/;

/**
 * A compiled model that reads and writes our arrays directly.
 *
 * After it has run a model, the binding (js/node/src/inference_session_wrap.cc) copies each output into memory of its own,
 * also one that was written into an array of ours: fresh pages, which take several times as long as most operations, and
 * garbage. So we ask first for an output that it cannot hand over. The run is done and our arrays are written when it comes
 * to that output and gives up, before it has copied anything.
 */
export class Session {
  readonly #session: NativeSession;

  /** @param keepsMemory whether the session keeps what memory it ever took in between, rounded up to a power of two, for its next run */
  constructor(graph: GraphBuilder, { keepsMemory = false } = {}) {
    const model = graph.finish();
    this.#session = loadNative().createSession();
    this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, { ...SESSION_OPTIONS, enableCpuMemArena: keepsMemory });
  }

  /** Computes `outputs` in place from `inputs`. */
  run(inputs: readonly SessionTensor[], outputs: readonly SessionTensor[]): void {
    const [feeds, fetches] = [toFeeds(inputs), toFeeds(outputs)];
    if (!outputs.some(({ data }) => data.length >= WORTH_PREVENTING)) {
      this.#session.run(feeds, fetches, {});
      return;
    }
    try {
      this.#session.run(feeds, { [UNREADABLE_OUTPUT]: null, ...fetches }, {});
    } catch (error) {
      if (!CANNOT_READ.test((error as Error).message)) throw error;
    }
  }
}

function toFeeds(tensors: readonly SessionTensor[]): Record<string, unknown> {
  const feeds: Record<string, unknown> = {};
  for (const { name, type, data, shape } of tensors) feeds[name] = native!.tensor(type, data, shape);
  return feeds;
}
