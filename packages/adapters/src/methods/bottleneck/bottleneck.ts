import { add, dropout, Linear, multiply, type Random, tf } from '@unmask/tensor-core';
import { LayerAdapter } from '../../method.js';
import { ACTIVATIONS, type BottleneckConfig } from './config.js';

/** The spread of weights that start as BERT's do. */
const BERT_SPREAD = 0.02;

/** Sees the residual of a block, x, on its way into a layer. */
export class ResidualTap extends LayerAdapter {
  #last: tf.Tensor | undefined;

  /** The x [B, T, h] that went by last. */
  get residual(): tf.Tensor {
    return this.#last!;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
    this.#last = x;
    return own(x);
  }
}

/**
 * A(v) = s·dropout(W₂·f(W₁·v + b₁) + b₂) with W₁ [b, h] and W₂ [h, b], added to the residual stream. Where it stands,
 * subclasses say.
 */
abstract class Bottleneck extends LayerAdapter {
  /** One layer in a list, for the name that AdapterHub gives it. */
  readonly adapter_down: [Linear];
  readonly adapter_up: Linear;
  readonly #config: BottleneckConfig;

  /** @param size h */
  constructor(size: number, config: BottleneckConfig, random: Random) {
    super();
    const bottleneck = Math.max(1, Math.floor(size / config.reduction_factor));
    this.adapter_down = [new Linear(size, bottleneck)];
    this.adapter_up = new Linear(bottleneck, size);
    this.#config = config;
    const bert = config.init_weights === 'bert';
    const normal = () => BERT_SPREAD * random.normal();
    fill(this.adapter_down[0], bert ? normal : () => (2 * random.uniform() - 1) / Math.sqrt(size)); // Kaiming's uniform rule with a = √5
    if (bert) fill(this.adapter_up, normal);
  }

  /** v [B, T, h] → v + A(input) */
  protected addTo(v: tf.Tensor, input: tf.Tensor, random: Random | undefined): tf.Tensor {
    const { non_linearity: activation, scaling, dropout: rate } = this.#config;
    const down = ACTIVATIONS[activation](this.adapter_down[0].forward(input)); // [B, T, b]
    return add(v, multiply(dropout(this.adapter_up.forward(down), rate, random), tf.scalar(scaling)));
  }
}

/** Around the layer whose output is h: h + A(h); with a tap h + A(x) in parallel, or h + A(h + x) in sequence. */
export class OutputBottleneck extends Bottleneck {
  readonly #tap: ResidualTap | undefined;
  readonly #parallel: boolean;

  /** @param tap where x is seen, if A needs it */
  constructor(size: number, config: BottleneckConfig, random: Random, tap?: ResidualTap) {
    super(size, config, random);
    this.#tap = tap;
    this.#parallel = config.is_parallel;
  }

  override forward(x: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    const output = own(x);
    if (!this.#tap) return this.addTo(output, output, random);
    const { residual } = this.#tap;
    return this.addTo(output, this.#parallel ? residual : add(output, residual), random);
  }
}

/** Around the normalisation after a block, of z = h + x: LN(z + A(LN(z))). */
export class NormBottleneck extends Bottleneck {
  override forward(z: tf.Tensor, own: (x: tf.Tensor) => tf.Tensor, random: Random | undefined): tf.Tensor {
    return own(this.addTo(z, own(z), random));
  }
}

function fill({ weight }: Linear, draw: () => number): void {
  weight.modify((values) => values.forEach((_, index) => (values[index] = draw())));
}
