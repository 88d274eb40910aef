import { denseGradient, type GradientSink, type Parameter, type ParameterGradient, UnmaskError } from '@unmask/tensor-core';
import type { AdapterExport, AdapterState } from '../../method.js';
import type { AdaLoraConfig } from './config.js';
import { Importance } from './importance.js';
import type { SvdLinear } from './linear.js';

/** The name of the number of steps among what is saved. */
const STEP = 'step';

/**
 * Spreads a falling budget of components over the updates by their importance (Zhang et al. 2023; HF PEFT
 * tuners/adalora/layer.py, RankAllocator). A component that is left out has a singular value of zero; in files it is gone.
 */
export class RankAllocator implements AdapterState {
  readonly #config: AdaLoraConfig;
  readonly #updates: ReadonlyMap<string, SvdLinear>;
  readonly #importance: Importance;
  /** Which components of each update are left, once any have been taken away. */
  #kept: ReadonlyMap<SvdLinear, readonly boolean[]> | undefined;
  #step = 0;

  /** @param updates by the names of their layers */
  constructor(config: AdaLoraConfig, updates: ReadonlyMap<string, SvdLinear>) {
    this.#config = config;
    this.#updates = updates;
    this.#importance = new Importance(config);
  }

  /** Takes in the gradients that importance is made of. */
  readonly observe: GradientSink = Object.assign(
    (parameter: Parameter, gradient: ParameterGradient): void => {
      const dense = denseGradient(parameter.shape, gradient);
      this.#importance.addGradient(parameter, dense.dataSync<'float32'>());
      dense.dispose();
    },
    { needs: (parameter: Parameter) => (this.#step + 1 < this.#lastStep && this.#owns(parameter) ? ('all' as const) : ('nothing' as const)) },
  );

  /**
   * Updates the importance, and allocates where the schedule says so; past the last allocation it holds what is left out at zero.
   * @throws UnmaskError when no gradients were observed
   */
  afterStep(step: number): void {
    const { tinit, deltaT } = this.#config;
    const last = this.#lastStep;
    this.#step = step;
    if (step < last) this.#importance.update();
    if (step > tinit && step <= last && (step === last || step % deltaT === 0)) this.#allocate(this.#budget(step));
    if (step > last) this.#prune();
  }

  /** Without the components that are left out. */
  export(): AdapterExport {
    if (!this.#kept) return { config: {}, tensors: new Map() };
    const layers = [...this.#updates].map(([path, update]) => ({ path, update, kept: this.#kept!.get(update)! }));
    return {
      config: { rank_pattern: Object.fromEntries(layers.map(({ path, kept }) => [`${path}.lora_E`, kept])) },
      tensors: new Map(layers.flatMap(({ update: { lora_A, lora_B, lora_E }, kept }) => [rowsOf(lora_A, kept), rowsOf(lora_E, kept), columnsOf(lora_B, kept)])),
    };
  }

  /** The steps done, the means that importance is made of, and what is left of each update. */
  save(): Map<string, Float32Array> {
    const kept = [...this.#updates].flatMap(([path, update]) => {
      const each = this.#kept?.get(update);
      return each ? [[`${path}.kept`, Float32Array.from(each, Number)] as const] : [];
    });
    return new Map([[STEP, Float32Array.of(this.#step)], ...this.#importance.save(), ...kept]);
  }

  restore(saved: ReadonlyMap<string, Float32Array>): void {
    const { init_r } = this.#config;
    const step = saved.get(STEP)?.[0];
    const kept = [...this.#updates].flatMap(([path, update]) => {
      const each = saved.get(`${path}.kept`);
      return each ? [[update, Array.from(each, Boolean)] as const] : [];
    });
    const fits = step !== undefined && (kept.length === 0 || kept.length === this.#updates.size) && kept.every(([, each]) => each.length === init_r);
    if (!fits) throw new UnmaskError(`the saved state is not of this AdaLoRA adapter, which has ${this.#updates.size} updates of ${init_r} components`);
    this.#importance.restore(saved, [...this.#updates.values()].flatMap((update) => update.parameters()));
    this.#step = step;
    this.#kept = kept.length > 0 ? new Map(kept) : undefined;
  }

  get #lastStep(): number {
    return this.#config.total_step - this.#config.tfinal;
  }

  #owns(parameter: Parameter): boolean {
    return [...this.#updates.values()].some(({ lora_A, lora_B, lora_E }) => parameter === lora_A || parameter === lora_B || parameter === lora_E);
  }

  /** Components in all at a step: from the initial budget down to the target's, by the cube of the share of steps that is left. */
  #budget(step: number): number {
    const { init_r, target_r, tinit } = this.#config;
    const [first, target] = [init_r * this.#updates.size, target_r * this.#updates.size];
    const left = 1 - (step - tinit) / (this.#lastStep - tinit);
    return Math.trunc((first - target) * left ** 3 + target);
  }

  /** Takes away the least important components; none when the budget has room for all. */
  #allocate(budget: number): void {
    const surplus = this.#config.init_r * this.#updates.size - budget;
    if (surplus <= 0) return;
    const scores = new Map([...this.#updates.values()].map((update) => [update, this.#importance.ofComponents(update)]));
    const threshold = Float64Array.from([...scores.values()].flatMap((each) => [...each])).sort()[surplus - 1];
    this.#kept = new Map([...scores].map(([update, each]) => [update, [...each].map((score) => score > threshold)]));
    this.#prune();
  }

  #prune(): void {
    for (const [{ lora_E }, kept] of this.#kept ?? []) {
      lora_E.modify((values) => kept.forEach((keeps, index) => (values[index] = keeps ? values[index] : 0)));
    }
  }
}

type Exported = [Parameter, { shape: readonly number[]; values: Float32Array }];

function rowsOf(parameter: Parameter, kept: readonly boolean[]): Exported {
  const width = parameter.shape[1];
  const values = parameter.read().filter((_, index) => kept[Math.floor(index / width)]);
  return [parameter, { shape: [values.length / width, width], values }];
}

function columnsOf(parameter: Parameter, kept: readonly boolean[]): Exported {
  const values = parameter.read().filter((_, index) => kept[index % kept.length]);
  return [parameter, { shape: [parameter.shape[0], values.length / parameter.shape[0]], values }];
}
