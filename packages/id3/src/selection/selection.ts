import { isOfParameters } from '@unmask/importance';
import { denseGradient, hostValues, isNearHost, type Parameter, type ParameterGradient } from '@unmask/tensor-core';
import type { SelectiveSettings } from '../settings.js';
import { DeviceScan } from './device-scan.js';
import { everyEntryOf, spansOf, type Region, type Span } from './regions.js';
import { TopCandidates, type ChosenEntries } from './top-candidates.js';
import { averageUnits, wholeUnits } from './units.js';
import type { UnmaskedEntries } from './unmasked-entries.js';

/** Entries that are scored at a time, so that scores stay in the processor's cache. */
const BLOCK = 4096;
/** The same where most entries are passed over without a score: what follows a candidate is probably none. */
const SHORT_BLOCK = 16;
const scores = new Float32Array(BLOCK);
const NO_GRADIENTS = new Float32Array(0);

/** A pool of candidates for some of the regions, or rows of them: how many to choose from them, and how many entries they offer. */
export interface Pool {
  /** Ascending by address. */
  readonly regions: readonly Region[];
  readonly wanted: number;
  readonly available: number;
  /** How many are chosen before others have to go for them. */
  readonly room: number;
}

/** What a pool has chosen. */
export interface Choice {
  readonly regions: readonly Region[];
  /** Ascending by address. */
  readonly chosen: ChosenEntries;
  /** How many unmasked entries of the regions have to go for them. */
  readonly surplus: number;
}

/** A part of a region whose entries compete in one pool. */
interface Part extends Region {
  readonly pool: TopCandidates;
}

/** The choice of one step: scores entries as they come and keeps the best of each pool. Only one parameter's gradient is needed at a time. */
export class Selection {
  readonly #settings: Pick<SelectiveSettings, 'metric' | 'unit'>;
  /** Entries that are out of the choice because they are unmasked already. */
  readonly #excluded: UnmaskedEntries | undefined;
  readonly #pools: readonly (Pool & { readonly candidates: TopCandidates })[];
  readonly #partsOf = new Map<Parameter, Part[]>();
  /** What is scored on the device, whose candidates come when they are wanted. */
  readonly #device: DeviceScan;

  constructor(settings: Pick<SelectiveSettings, 'metric' | 'unit'>, pools: readonly Pool[], excluded: UnmaskedEntries | undefined) {
    this.#settings = settings;
    this.#excluded = excluded;
    this.#device = new DeviceScan(settings.metric, excluded);
    this.#pools = pools.map((pool) => {
      const candidates = new TopCandidates(pool.wanted, pool.available);
      for (const region of pool.regions) {
        const parts = this.#partsOf.get(region.parameter) ?? [];
        parts.push({ ...region, pool: candidates });
        this.#partsOf.set(region.parameter, parts);
      }
      return { ...pool, candidates };
    });
  }

  /** Whether entries of this region can still be chosen, so that its gradient is needed in full. */
  wants({ parameter }: Region): boolean {
    return this.#partsOf.has(parameter);
  }

  /** Scores the entries that a gradient covers. @returns false when a gradient is not finite */
  offer(region: Region, gradient: ParameterGradient): boolean {
    const parts = this.#partsOf.get(region.parameter);
    if (!parts) return true;
    const { metric } = this.#settings;
    if (this.#scoresWhole) return this.#offerWhole(region, gradient);
    if (metric.scoreTensor && parts.length === 1 && !isNearHost(gradient.tensor)) {
      this.#device.add(parts[0].pool, region, gradient);
      return true;
    }
    const gradients = hostValues(gradient.tensor);
    const weights = region.parameter.read();
    return spansOf(region.parameter, gradient).every((span) => this.#scan(region, span, weights, gradients));
  }

  /** Scores every entry without gradients, for a metric that uses none. @param regions all of them */
  offerWeights(regions: readonly Region[]): void {
    for (const region of regions) {
      if (!this.wants(region)) continue;
      if (this.#scoresWhole) this.#offerWhole(region, undefined);
      else this.#scan(region, everyEntryOf(region.parameter), region.parameter.read(), undefined);
    }
  }

  /** What each pool has chosen. */
  take(): Choice[] {
    this.#device.finish();
    return this.#pools.map(({ regions, room, candidates }) => {
      const chosen = wholeUnits(candidates.take(), regions, this.#settings.unit);
      return { regions, chosen, surplus: Math.max(0, chosen.addresses.length - room) };
    });
  }

  /** Frees what waits on a device. */
  forget(): void {
    this.#device.forget();
  }

  /** Whether scores of entries depend on each other. */
  get #scoresWhole(): boolean {
    return this.#settings.unit !== 'entry' || isOfParameters(this.#settings.metric);
  }

  /** Scores a parameter as a whole. @returns false when a gradient is not finite */
  #offerWhole({ parameter, start }: Region, given: ParameterGradient | undefined): boolean {
    const { metric, unit } = this.#settings;
    const weights = parameter.read();
    const dense = given && denseGradient(parameter.shape, given);
    const gradients = dense && hostValues(dense).slice();
    dense?.dispose();
    const all = isOfParameters(metric) ? metric.scoreParameter(weights, gradients, parameter.shape, start) : new Float32Array(parameter.size);
    if (!isOfParameters(metric)) metric.score(weights, 0, gradients ?? NO_GRADIENTS, 0, parameter.size, all, start);
    if (unit !== 'entry') averageUnits(all, parameter.shape, unit);
    this.#excluded?.excludeFrom(all, start, parameter.size);
    return this.#partsOf.get(parameter)!.every((part) => {
      const from = part.start - start;
      return part.pool.offer(all.subarray(from, part.end - start), part.end - part.start, part.start, gradients, from);
    });
  }

  /** Scores the entries of a span and offers the masked ones. @returns false when a gradient is not finite */
  #scan(region: Region, span: Span, weights: Float32Array, gradients: Float32Array | undefined): boolean {
    const [from, to] = [region.start + span.start, region.start + span.start + span.length];
    return this.#partsOf.get(region.parameter)!.every((part) => {
      const [first, last] = [Math.max(from, part.start), Math.min(to, part.end)];
      const gradientStart = span.gradientStart + first - from;
      return first >= last || this.#scanPart(part.pool, region, { start: first - region.start, gradientStart, length: last - first }, weights, gradients);
    });
  }

  #scanPart(pool: TopCandidates, region: Region, span: Span, weights: Float32Array, gradients: Float32Array | undefined): boolean {
    const { metric } = this.#settings;
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
