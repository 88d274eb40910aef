import type { ImportanceMetric } from '@unmask/importance';
import { hostValues, isNearHost, type ParameterGradient } from '@unmask/tensor-core';
import { scanOnDevice } from './device-scan.js';
import { everyEntryOf, spansOf, type Region, type Span } from './regions.js';
import { TopCandidates, type ChosenEntries } from './top-candidates.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

/** Entries that are scored at a time, so that scores stay in the processor's cache. */
const BLOCK = 4096;
/** The same where most entries are passed over without a score: what follows a candidate is probably none. */
const SHORT_BLOCK = 16;
const scores = new Float32Array(BLOCK);
const NO_GRADIENTS = new Float32Array(0);

/** A pool of candidates for some of the regions: how many to choose from them, and how many entries they offer. */
export interface Pool {
  readonly regions: readonly Region[];
  readonly wanted: number;
  readonly available: number;
}

/** The choice of one step: scores entries as they come and keeps the best of each pool. Only one parameter's gradient is needed at a time. */
export class Selection {
  readonly #metric: ImportanceMetric;
  /** Entries that are out of the choice because they are unmasked already. */
  readonly #excluded: UnmaskedEntries | undefined;
  readonly #pools: TopCandidates[];
  readonly #poolOf = new Map<Region, TopCandidates>();

  constructor(metric: ImportanceMetric, pools: readonly Pool[], excluded: UnmaskedEntries | undefined) {
    this.#metric = metric;
    this.#excluded = excluded;
    this.#pools = pools.map(({ regions, wanted, available }) => {
      const pool = new TopCandidates(wanted, available);
      for (const region of regions) this.#poolOf.set(region, pool);
      return pool;
    });
  }

  /** Whether entries of this region can still be chosen, so that its gradient is needed in full. */
  wants(region: Region): boolean {
    return this.#poolOf.has(region);
  }

  /** Scores the entries that a gradient covers. @returns false when a gradient is not finite */
  offer(region: Region, gradient: ParameterGradient): boolean {
    const pool = this.#poolOf.get(region);
    if (!pool) return true;
    if (!gradient.rows && this.#metric.scoreTensor && !isNearHost(gradient.tensor)) {
      return scanOnDevice(pool, region, gradient.tensor, (weight, tensor) => this.#metric.scoreTensor!(weight, tensor), this.#excluded);
    }
    const gradients = hostValues(gradient.tensor);
    const weights = region.parameter.read();
    return spansOf(region.parameter, gradient).every((span) => this.#scan(pool, region, span, weights, gradients));
  }

  /** Scores every entry without gradients, for a metric that uses none. */
  offerWeights(): void {
    for (const [region, pool] of this.#poolOf) this.#scan(pool, region, everyEntryOf(region.parameter), region.parameter.read(), undefined);
  }

  /** What was chosen, ascending by address. */
  take(): ChosenEntries {
    const taken = this.#pools.map((pool) => pool.take());
    if (taken.length === 1) return taken[0];
    // One pool a region, in the regions' order: one behind the other they ascend.
    const length = taken.reduce((sum, { addresses }) => sum + addresses.length, 0);
    const [addresses, gradients] = [new Uint32Array(length), new Float32Array(length)];
    let start = 0;
    for (const part of taken) {
      addresses.set(part.addresses, start);
      gradients.set(part.gradients, start);
      start += part.addresses.length;
    }
    return { addresses, gradients };
  }

  /** Scores the entries of a span and offers the masked ones. @returns false when a gradient is not finite */
  #scan(pool: TopCandidates, region: Region, span: Span, weights: Float32Array, gradients: Float32Array | undefined): boolean {
    const metric = this.#metric;
    const block = metric.countBelow ? SHORT_BLOCK : BLOCK;
    for (let done = 0; done < span.length; ) {
      const [index, gradientIndex, left] = [span.start + done, span.gradientStart + done, span.length - done];
      const skipped = metric.countBelow?.(pool.threshold, weights, index, gradients ?? NO_GRADIENTS, gradientIndex, left) ?? 0;
      done += skipped;
      const count = Math.min(block, left - skipped);
      const address = region.start + index + skipped;
      metric.score(weights, index + skipped, gradients ?? NO_GRADIENTS, gradientIndex + skipped, count, scores, address);
      this.#excluded?.excludeFrom(scores, address, count);
      if (!pool.offer(scores, count, address, gradients, gradientIndex + skipped)) return false;
      done += count;
    }
    return true;
  }
}
