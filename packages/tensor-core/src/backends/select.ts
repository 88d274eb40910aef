import { didYouMean, shown, UnmaskError } from '../errors.js';
import { tf } from '../tf.js';
import { restoreNodeUtilities } from './node-utilities.js';
import { chosen, type PassedOver, type Problem, type SelectedBackend } from './selected-backend.js';

/** A tfjs backend that this package knows how to start. */
interface Engine {
  /** What the user writes. */
  readonly name: string;
  /** The backend's name within tfjs. */
  readonly backend: string;
  /** Where it can run. */
  readonly platform: 'node' | 'browser' | 'both';
  /** What to install to get it. */
  readonly install: string;
  /** Imports the package that registers it. @param asked whether the user names this engine @throws when it is of no use here */
  load(asked: boolean): Promise<unknown>;
}

/** An import of an optional package, which neither the compiler nor a bundler should resolve. */
const optional = (specifier: string) => import(/* @vite-ignore */ /* webpackIgnore: true */ specifier) as Promise<unknown>;

/** Imports tfjs-node, for processors or graphics cards. */
const tfjsNode = (specifier: string) => {
  restoreNodeUtilities();
  return optional(specifier);
};

/** Without a card it would compute on the processor, where others are faster. */
async function tfjsNodeGpu(): Promise<void> {
  await tfjsNode('@tensorflow/tfjs-node-gpu');
  if (!(tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean }).isUsingGpuDevice) throw new Error('it finds no graphics card');
}

/** Imports a package unless somebody has, as bundled pages must: there a package's name leads nowhere. */
const unlessThere = (backend: string, specifier: string) => async () => {
  if (!tf.findBackendFactory(backend)) await optional(specifier);
};

const ONNXRUNTIME = '@unmask/backend-onnxruntime';

/** Drivers that draw with the processor are for tests: they are taken by name alone. */
async function onnxruntimeWebgpu(asked: boolean): Promise<void> {
  const { hasGraphicsCard } = (await optional(ONNXRUNTIME)) as { hasGraphicsCard: () => boolean };
  if (!asked && !hasGraphicsCard()) throw new Error('there is no graphics card');
}

/** Fastest first: the order in which `auto` tries them. In a browser WebAssembly stands first, for it gave right results under all flags that were tried. */
const ENGINES: readonly Engine[] = [
  { name: 'tfjs-node-gpu', backend: 'tensorflow', platform: 'node', install: '@tensorflow/tfjs-node-gpu', load: tfjsNodeGpu },
  { name: 'onnxruntime-webgpu', backend: 'onnxruntime-webgpu', platform: 'node', install: ONNXRUNTIME, load: onnxruntimeWebgpu },
  { name: 'onnxruntime', backend: 'onnxruntime', platform: 'both', install: ONNXRUNTIME, load: unlessThere('onnxruntime', ONNXRUNTIME) },
  { name: 'tfjs-node', backend: 'tensorflow', platform: 'node', install: '@tensorflow/tfjs-node', load: () => tfjsNode('@tensorflow/tfjs-node') },
  { name: 'onnxruntime-wasm', backend: 'onnxruntime-wasm', platform: 'both', install: '@unmask/backend-onnxruntime and onnxruntime-web', load: unlessThere('onnxruntime-wasm', ONNXRUNTIME) },
  { name: 'webgpu', backend: 'webgpu', platform: 'browser', install: '@tensorflow/tfjs-backend-webgpu', load: unlessThere('webgpu', '@tensorflow/tfjs-backend-webgpu') },
  { name: 'webgl', backend: 'webgl', platform: 'browser', install: '@tensorflow/tfjs-backend-webgl', load: unlessThere('webgl', '@tensorflow/tfjs-backend-webgl') },
  { name: 'wasm', backend: 'wasm', platform: 'both', install: '@tensorflow/tfjs-backend-wasm', load: unlessThere('wasm', '@tensorflow/tfjs-backend-wasm') },
  { name: 'cpu', backend: 'cpu', platform: 'both', install: '@tensorflow/tfjs-backend-cpu', load: () => Promise.resolve() },
];

/** Names that {@link selectBackend} takes, fastest first, after `auto`. */
export const backendNames: readonly string[] = ENGINES.map((engine) => engine.name);

/** Checks the number of threads before an engine takes it. */
function checkThreads(): void {
  const given = (globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }).process?.env?.UNMASK_THREADS ?? '';
  if (given === '' || /^[1-9]\d{0,3}$/.test(given)) return;
  throw new UnmaskError(`UNMASK_THREADS is ${shown(given)}: give a whole number from 1 up, or leave it out for all of the machine's cores`);
}

/**
 * Starts a tfjs backend and makes it the active one.
 * @param name `auto` for the fastest that works here (the order of {@link backendNames}), or one of them
 * @throws UnmaskError when the name is unknown, the named engine cannot start, or UNMASK_THREADS is no number of threads
 */
export async function selectBackend(name = 'auto'): Promise<SelectedBackend> {
  checkThreads();
  const platform = tf.env().get('IS_NODE') ? 'node' : 'browser';
  const candidates = ENGINES.filter((engine) =>
    name === 'auto' ? engine.platform === platform || engine.platform === 'both' : engine.name === name,
  );
  if (candidates.length === 0) {
    throw new UnmaskError(`unknown backend "${name}"; choose auto, ${backendNames.join(', ')}${didYouMean(name, backendNames)}`, { code: 'not-found' });
  }
  const passedOver: PassedOver[] = [];
  for (const engine of candidates) {
    const problem = await start(engine, name !== 'auto');
    if (problem === undefined) {
      const { note } = tf.backend() as { note?: string };
      return chosen(engine.name, note, passedOver);
    }
    passedOver.push({ name: engine.name, ...problem });
  }
  throw new UnmaskError(`backend ${name} cannot start here: ${passedOver.map(({ name: other, why }) => `no ${other}: ${why}`).join('; ')}`, { code: 'unsupported' });
}

/** Loads and activates an engine; returns why not when it fails, and leaves the active one as it was. */
async function start(engine: Engine, asked: boolean): Promise<Problem | undefined> {
  const before = tf.getBackend() as string | undefined; // none yet in a process that has computed nothing
  const problem = await activate(engine, asked);
  if (problem !== undefined && before) await tf.setBackend(before);
  return problem;
}

async function activate(engine: Engine, asked: boolean): Promise<Problem | undefined> {
  try {
    await engine.load(asked);
    if (engine.backend === 'wasm') (await import('./wasm-kernels.js')).registerWasmKernels();
    await startQuietly(engine.backend);
    await tf.setBackend(engine.backend);
    await tf.ready();
  } catch (error) {
    const { code } = error as { code?: string };
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    return { why: missing ? `${engine.install} is not installed` : firstLine(error), missing };
  }
  try {
    return computesRight() ? undefined : { why: 'it starts but computes wrong results', missing: false };
  } catch (error) {
    return { why: `it starts but cannot compute: ${firstLine(error)}`, missing: false };
  }
}

/** Calls a backend's factory here, so that its failure is one line of ours: tfjs would log it with its stack and keep it to itself. */
async function startQuietly(name: string): Promise<void> {
  const factory = tf.findBackendFactory(name);
  if (!factory || name in tf.engine().registry) return;
  const backend = await factory();
  tf.removeBackend(name);
  tf.registerBackend(name, () => backend);
}

/** A product and a sum whose values are known: under some flags of Chromium the webgpu engine of tfjs silently gives zeros. */
function computesRight(): boolean {
  return tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5], [6]]));
    return String(tf.add(product, 1).dataSync()) === '18,40';
  });
}

const firstLine = (error: unknown) => String((error as Partial<Error>).message ?? error).split('\n')[0];
