import { Parameter, tf, UnmaskError } from '@unmask/tensor-core';
import type { Strategy } from './selective.js';
import type { SelectiveTraining } from './selective-training.js';

/**
 * Any selective method as a TensorFlow.js optimizer, for `LayersModel.compile` and `fit`, `minimize` and `applyGradients`:
 *
 *     model.compile({ optimizer: new SelectiveOptimizer(strategy, 1e-3), loss: 'meanSquaredError' })
 *
 * The strategy is bound to the variables of the first step, which stay the only ones. TensorFlow.js computes every gradient
 * in full, so this saves optimizer state and memory for it, not gradients; `streamGradients` saves both. Values are written
 * to variables as new tensors, so that what a caller has read from them before stays as it was.
 */
export class SelectiveOptimizer extends tf.Optimizer {
  static readonly className = 'SelectiveOptimizer';
  readonly #strategy: Strategy;
  readonly #learningRate: (step: number) => number;
  readonly #parameters = new Map<string, Parameter>();
  #training: SelectiveTraining | undefined;

  /** @param learningRate a number, or a function of the step, counted from 1 */
  constructor(strategy: Strategy, learningRate: number | ((step: number) => number)) {
    super();
    this.#strategy = strategy;
    this.#learningRate = typeof learningRate === 'number' ? () => learningRate : learningRate;
  }

  /** The training in progress: counts, delta and state. @throws UnmaskError before the first step */
  get training(): SelectiveTraining {
    if (!this.#training) throw new UnmaskError('the optimizer has not begun: fit the model or call minimize first');
    return this.#training;
  }

  /** One step on the given variables, or all trainable ones; see `tf.Optimizer`. */
  override minimize(f: () => tf.Scalar, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar | null {
    this.#bind(varList ?? Object.values(tf.engine().registeredVariables).filter(({ trainable }) => trainable));
    return super.minimize(f, returnCost, varList);
  }

  /**
   * Selects and updates by gradients of variables, by name; what has none counts as gradient zero.
   * @throws UnmaskError for a variable that was not there in the first step, and whatever the strategy throws
   */
  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor | null | undefined }[]): void {
    const named = Array.isArray(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const training = this.#bind(named.map(({ name }) => variableOf(name)));
    const received = named.map(({ name, tensor }) => ({ parameter: this.#parameterOf(name), tensor }));
    for (const { parameter, tensor } of received) if (tensor) training.sink(parameter, { tensor });
    training.step(this.#learningRate(training.steps + 1));
    this.incrementIterations();
  }

  /** Nothing: a strategy holds functions, which JSON cannot. Save `training.state()` instead. */
  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }

  /** Fails: a configuration does not hold the strategy. */
  static override fromConfig<T extends tf.serialization.Serializable>(): T {
    throw new UnmaskError('a SelectiveOptimizer cannot be made from a configuration: compile the loaded model with a new one', { code: 'unsupported' });
  }

  #bind(variables: readonly tf.Variable[]): SelectiveTraining {
    if (this.#training) return this.#training;
    for (const variable of variables) this.#parameters.set(variable.name, Parameter.ofVariable(variable));
    return (this.#training = this.#strategy.bind([...this.#parameters.values()]));
  }

  #parameterOf(name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (parameter) return parameter;
    throw new UnmaskError(`the variable ${name} was not there in the optimizer's first step: use a new SelectiveOptimizer for another set of variables`);
  }
}

function variableOf(name: string): tf.Variable {
  const variables = tf.engine().registeredVariables;
  if (!(name in variables)) throw new UnmaskError(`there is no variable named ${name}`, { code: 'not-found' });
  return variables[name];
}
