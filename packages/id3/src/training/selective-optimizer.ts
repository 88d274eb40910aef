import { didYouMean, Parameter, tf, UnmaskError, type GradientSink } from '@unmask/tensor-core';
import type { Strategy } from './selective.js';
import type { SelectiveTraining, StepReport } from './selective-training.js';

/**
 * Gradients of variables, by name, each float32 and of its variable's shape: what `tf.variableGrads` returns, or a list.
 * A missing or null gradient is zero.
 */
export type VariableGradients = Readonly<Record<string, tf.Tensor | null>> | readonly { readonly name: string; readonly tensor?: tf.Tensor | null }[];

/** What is used of a variable of a layers model, `tf.LayerVariable`. */
interface LayerVariable {
  read(): tf.Tensor;
}

/**
 * A {@link Strategy} as an optimizer of TensorFlow.js, for `LayersModel.compile` and `fit`, for `minimize`, and for loops
 * that call `applyGradients`. It binds the strategy to the trainable variables of its first step, in their order, and
 * stays with them. TensorFlow.js computes all gradients in full before the step; `streamGradients` needs less memory.
 *
 * Variables get their new values by `assign`, so clones of them and arrays read from them stay as they were. Deltas and
 * states go by the variables' names; give layers names of your own to have the same ones in every process.
 */
export class SelectiveOptimizer extends tf.Optimizer {
  static readonly className: string = 'SelectiveOptimizer';
  /** A number, or what gives it for a step counted from 1; it may be changed between steps. */
  learningRate: number | ((step: number) => number);
  readonly #strategy: Strategy;
  readonly #parameters = new Map<tf.Variable, Parameter>();
  #training: SelectiveTraining | undefined;
  #report: StepReport | undefined;

  constructor(strategy: Strategy, learningRate: number | ((step: number) => number)) {
    super();
    this.#strategy = strategy;
    this.learningRate = learningRate;
  }

  /** As for any class; `tf.Optimizer` itself takes everything that minimizes for an instance. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && #training in value;
  }

  /** The training: counts, `delta()`, `state()`. @throws UnmaskError before the first step, unless {@link bind} was called */
  get training(): SelectiveTraining {
    if (!this.#training) throw new UnmaskError('the optimizer has no variables before its first step: take one, or call bind(model.trainableWeights)');
    return this.#training;
  }

  /** What the last step did. */
  get report(): StepReport | undefined {
    return this.#report;
  }

  /** Steps so far, also those before a state that was restored. */
  override get iterations(): number {
    return this.#training?.steps ?? 0;
  }

  /**
   * Binds the strategy before the first step, to restore a state or to let a metric {@link observe} some samples.
   * @param variables as the first step would have them: `model.trainableWeights`, or the variables that `minimize` gets
   * @throws UnmaskError when it is bound already, when a variable is not float32, or the budget exceeds them
   */
  bind(variables: readonly (tf.Variable | LayerVariable)[]): SelectiveTraining {
    if (this.#training) throw new UnmaskError('the optimizer has its variables already: make a new one for other variables');
    const parameters = variables
      .map((variable) => ('read' in variable ? (variable.read() as tf.Variable) : variable))
      .filter(({ trainable }) => trainable)
      .map((variable) => [variable, Parameter.ofVariable(variable)] as const);
    this.#training = this.#strategy.bind(parameters.map(([, parameter]) => parameter));
    for (const [variable, parameter] of parameters) this.#parameters.set(variable, parameter);
    return this.#training;
  }

  /** Takes in the gradients of a sample for a metric that is estimated before training, such as Fisher information. */
  observe(gradients: VariableGradients): void {
    this.#send(gradients, ({ observe }) => observe);
  }

  /**
   * Takes a step of the training with these gradients, which stay the caller's.
   * @throws UnmaskError before anything has changed: for an unknown name, a gradient of another shape or type, or a
   * trainable variable that was not among those of the first step; and whatever `SelectiveTraining.step` throws
   */
  override applyGradients(gradients: VariableGradients): void {
    try {
      const training = this.#send(gradients, ({ sink }) => sink);
      const { learningRate } = this;
      this.#report = training.step(typeof learningRate === 'number' ? learningRate : learningRate(training.steps + 1));
    } catch (error) {
      this.#training?.discardGradients();
      throw error;
    }
  }

  /** As in `tf.Optimizer`; when it throws, it has freed what it made. */
  override minimize(loss: () => tf.Scalar, returnCost?: boolean, variables?: tf.Variable[]): tf.Scalar | null {
    return tf.tidy(() => super.minimize(loss, returnCost, variables) as tf.Scalar);
  }

  /** Frees the gradients of a step that was not completed; the variables stay their owner's. */
  override dispose(): void {
    this.#training?.discardGradients();
  }

  override async saveIterations(): Promise<{ name: string; tensor: tf.Tensor }> {
    return Promise.resolve({ name: 'iter', tensor: tf.scalar(this.iterations, 'int32') });
  }

  /** Always rejects with an UnmaskError: optimizer state is sparse here, and `saveTrainingState` keeps it. */
  override async getWeights(): Promise<never> {
    return Promise.reject(notInModelFiles());
  }

  /** Always rejects with an UnmaskError: restore a state with `optimizer.training.restore`. */
  override async setWeights(): Promise<never> {
    return Promise.reject(notInModelFiles());
  }

  /** The learning rate if it is a number: strategies and schedules are functions, which no configuration can hold. */
  override getConfig(): tf.serialization.ConfigDict {
    return typeof this.learningRate === 'number' ? { learningRate: this.learningRate } : {};
  }

  /** Always throws an UnmaskError. */
  static override fromConfig(): never {
    throw notInModelFiles();
  }

  /** Gives a sink what it needs of some gradients, once all of them have been checked. */
  #send(gradients: VariableGradients, sinkOf: (training: SelectiveTraining) => GradientSink): SelectiveTraining {
    const list = isList(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const received = list.map(({ name, tensor }) => ({ variable: checkedVariable(name, tensor), tensor }));
    const training = this.#training ?? this.bind(received.map(({ variable }) => variable));
    const known = received.map(({ variable, tensor }) => ({ parameter: this.#parameterOf(variable), tensor }));
    const sink = sinkOf(training);
    for (const { parameter, tensor } of known) {
      if (parameter && tensor && sink.needs?.(parameter) !== 'nothing') sink(parameter, { tensor });
    }
    return training;
  }

  /** A variable's parameter; undefined for one that does not train. */
  #parameterOf(variable: tf.Variable): Parameter | undefined {
    const parameter = this.#parameters.get(variable);
    if (parameter || !variable.trainable) return parameter;
    throw new UnmaskError(
      `the trainable variable "${variable.name}" was not among those of the optimizer's first step: give all of them in every step (minimize takes them as its third argument), or make a new optimizer`,
    );
  }
}

/** `Array.isArray` does not tell read-only arrays apart. */
function isList(gradients: VariableGradients): gradients is Extract<VariableGradients, readonly unknown[]> {
  return Array.isArray(gradients);
}

/** The variable of a name. @throws UnmaskError when there is none, or the gradient does not fit it */
function checkedVariable(name: string, gradient: tf.Tensor | null | undefined): tf.Variable {
  const variables = tf.engine().registeredVariables;
  if (!Object.hasOwn(variables, name)) {
    throw new UnmaskError(`there is no variable "${name}"${didYouMean(name, Object.keys(variables))}`, { code: 'not-found' });
  }
  const variable = variables[name];
  if (gradient && (gradient.dtype !== 'float32' || gradient.shape.join() !== variable.shape.join())) {
    throw new UnmaskError(
      `the gradient of "${name}" is ${gradient.dtype} of shape [${gradient.shape.join(', ')}]: give a float32 tensor of the variable's shape [${variable.shape.join(', ')}]`,
    );
  }
  return variable;
}

function notInModelFiles(): UnmaskError {
  return new UnmaskError(
    'model files cannot hold a SelectiveOptimizer: save the model without it, its state with saveTrainingState(path, optimizer.training.state()), and compile the loaded model with a new one',
    { code: 'unsupported' },
  );
}
