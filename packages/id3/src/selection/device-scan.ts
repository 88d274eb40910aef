import type { ImportanceMetric } from '@unmask/importance';
import { readTogether, tf, type ParameterGradient } from '@unmask/tensor-core';
import type { Region } from './regions.js';
import type { TopCandidates } from './top-candidates.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

/** Entries whose greatest score is downloaded, in the place of all. */
const BLOCK = 256;
const scores = new Float32Array(BLOCK);

/** By how much a score from the device may be off: some of its divisions are not rounded rightly. */
const DOUBT = 2 ** -16;

/** A parameter whose entries are to be scored. */
interface Part {
  readonly pool: TopCandidates;
  readonly region: Region;
  readonly rows: Int32Array | undefined;
  /** Entries for which there is a gradient. */
  readonly size: number;
  /** [blocks, BLOCK] */
  readonly gradients: tf.Tensor;
  /** [blocks] */
  readonly maxima: tf.Tensor;
}

/**
 * Scores parameters where their gradients live, on an engine with memory of its own, by two downloads a step. The first is of
 * each block's greatest score. Of n entries to be chosen, all lie in the n blocks that are ahead by these, since each of
 * those offers one. The second is of their weights and gradients, which are scored here as ever, so that the choice is that
 * of an engine on the host. Gradients stay on the device until then.
 */
export class DeviceScan {
  readonly #metric: ImportanceMetric;
  /** Entries that are out of the choice. */
  readonly #excluded: UnmaskedEntries | undefined;
  #parts: Part[] = [];

  /** @param metric one with `scoreTensor` */
  constructor(metric: ImportanceMetric, excluded: UnmaskedEntries | undefined) {
    this.#metric = metric;
    this.#excluded = excluded;
  }

  /** Scores the entries that a gradient, of all entries or some rows, covers. */
  add(pool: TopCandidates, region: Region, gradient: ParameterGradient): void {
    const { tensor, rows } = gradient;
    const taken = this.#excluded?.coveredBy(region, gradient).gradientIndices ?? new Int32Array(0);
    const [gradients, maxima] = tf.tidy((): [tf.Tensor, tf.Tensor] => {
      const all = tf.reshape(this.#metric.scoreTensor!(weightsOf(region, rows), tensor), [tensor.size]);
      const open = taken.length === 0 ? all : tf.tensorScatterUpdate(all, tf.tensor2d(taken, [taken.length, 1], 'int32'), tf.zeros([taken.length]));
      return [inBlocks(tensor), tf.max(inBlocks(open), 1)];
    });
    this.#parts.push({ pool, region, rows, size: tensor.size, gradients: tf.keep(gradients), maxima: tf.keep(maxima) });
  }

  /** Offers the entries that may be chosen to their pools. */
  finish(): void {
    try {
      const maxima = readTogether(this.#parts.map((part) => part.maxima));
      const limits = this.#limits(maxima);
      const chosen = this.#parts.flatMap((part, index) => {
        const limit = limits.get(part.pool)!;
        const blocks = Array.from(maxima[index].keys()).filter((block) => maxima[index][block] !== 0 && !(maxima[index][block] < limit));
        return blocks.length === 0 ? [] : [{ part, blocks }];
      });
      const tensors = tf.tidy(() => chosen.flatMap(({ part: { region, rows, gradients }, blocks }) => {
        const indices = tf.tensor1d(blocks, 'int32');
        return [tf.gather(inBlocks(weightsOf(region, rows)), indices), tf.gather(gradients, indices)];
      }));
      const values = readTogether(tensors);
      chosen.forEach(({ part, blocks }, index) => {
        blocks.forEach((block, position) => this.#scan(part, block, values[2 * index], values[2 * index + 1], position * BLOCK));
      });
      tf.dispose(tensors);
    } finally {
      this.forget();
    }
  }

  /** Frees what waits. */
  forget(): void {
    tf.dispose(this.#parts.flatMap(({ gradients, maxima }) => [gradients, maxima]));
    this.#parts = [];
  }

  /** What a block must reach to be among the first `keep` of its pool. */
  #limits(maxima: readonly Float32Array[]): Map<TopCandidates, number> {
    const pools = new Map<TopCandidates, number[]>();
    this.#parts.forEach(({ pool }, index) => pools.set(pool, [...(pools.get(pool) ?? []), index]));
    return new Map(Array.from(pools, ([pool, indices]) => {
      const all = new Float32Array(indices.reduce((sum, index) => sum + maxima[index].length, 0));
      indices.reduce((start, index) => (all.set(maxima[index], start), start + maxima[index].length), 0);
      return [pool, all.sort()[Math.max(0, all.length - pool.keep)] * (1 - DOUBT)];
    }));
  }

  /** Scores a block here, whose values stand at `offset`: a run of consecutive addresses, or one for each row that it touches. */
  #scan({ pool, region, rows, size }: Part, block: number, weights: Float32Array, gradients: Float32Array, offset: number): void {
    const rowSize = rows ? size / rows.length : size;
    const end = Math.min(size, (block + 1) * BLOCK);
    let next: number;
    for (let start = block * BLOCK; start < end; start = next) {
      const row = Math.floor(start / rowSize);
      next = Math.min(end, (row + 1) * rowSize);
      const [count, from] = [next - start, offset + (start - block * BLOCK)];
      const address = region.start + start + (rows ? (rows[row] - row) * rowSize : 0);
      this.#metric.score(weights, from, gradients, from, count, scores, address);
      this.#excluded?.excludeFrom(scores, address, count);
      pool.offer(scores, count, address, gradients, from);
    }
  }
}

/** The weights for which there are gradients. */
function weightsOf({ parameter }: Region, rows: Int32Array | undefined): tf.Tensor {
  return rows ? tf.gather(parameter.tensor, tf.tensor1d(rows, 'int32')) : parameter.tensor;
}

/** A tensor as blocks, the last one filled up with zeros, which no score comes from. @returns [blocks, BLOCK] */
function inBlocks(tensor: tf.Tensor): tf.Tensor {
  const flat: tf.Tensor1D = tf.reshape(tensor, [tensor.size]);
  const missing = -tensor.size & (BLOCK - 1);
  return tf.reshape(missing === 0 ? flat : tf.pad(flat, [[0, missing]]), [-1, BLOCK]);
}
