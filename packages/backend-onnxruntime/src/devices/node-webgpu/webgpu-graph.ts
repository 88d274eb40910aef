import { GraphBuilder, type ProductOptions } from '../../onnx/graph.js';

/** Writes matrix products with operators that run on the card: FusedMatMul would run on the processor. */
export class WebgpuGraph extends GraphBuilder {
  override product(left: string, right: string, { ranks: [leftRank, rightRank], transposeLeft, transposeRight, scale }: ProductOptions): string {
    const product = this.node('MatMul', [transposeLeft ? this.#transposed(left, leftRank) : left, transposeRight ? this.#transposed(right, rightRank) : right]);
    return scale === undefined ? product : this.node('Mul', [product, this.scalar(scale)]);
  }

  #transposed(value: string, rank: number): string {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    return this.node('Transpose', [value], { perm: [...axes.slice(0, -2), rank - 1, rank - 2] });
  }
}
