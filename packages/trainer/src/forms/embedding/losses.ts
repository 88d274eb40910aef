import { addNormalizedGradient, addScaled, dot, lengthOf, type Matrix, normalized, row, zeros } from './matrix.js';

/** A loss of vectors, with its slope along each of them. */
export interface VectorSlope {
  readonly value: number;
  readonly gradients: readonly Matrix[];
}

/**
 * A loss of the vectors of B examples.
 * @param vectors a matrix [B, h] for each of an example's texts: anchors, positives, negatives; or the two of a pair
 * @param labels of each example: a score from 0 to 1, a class id, or nothing
 */
export type VectorLoss = (vectors: readonly Matrix[], labels: readonly number[]) => VectorSlope;

/** Factor of cosines, the inverse of a temperature (sentence-transformers). */
const SCALE = 20;

/**
 * Multiple negatives ranking (Henderson et al. 2017; sentence-transformers' MultipleNegativesRankingLoss): the mean cross entropy of
 * finding each anchor's positive, by 20 times the cosine, among the positives and negatives of all examples.
 * @param isClasses whether labels are classes: then texts of an anchor's own class are no negatives of it
 */
export const ranking = (isClasses: boolean): VectorLoss => ([anchors, ...others], labels) => {
  const { rows: count, size } = anchors;
  const units = [anchors, ...others].map((each) => normalized(each));
  const gradients = [anchors, ...others].map(() => zeros(count, size)); // of the units first
  const [queries, ...candidates] = units;
  let sum = 0;
  for (let query = 0; query < count; query++) {
    const own = row(queries, query);
    const counts = (column: number) => column === query || !isClasses || labels[column % count] !== labels[query];
    const scores = Float64Array.from({ length: candidates.length * count }, (_, column) => (counts(column) ? SCALE * dot(own, row(candidates[Math.floor(column / count)], column % count)) : -Infinity));
    const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
    const total = scores.reduce((all, score) => all + Math.exp(score - highest), 0);
    sum += highest + Math.log(total) - scores[query];
    scores.forEach((score, column) => {
      const slope = (SCALE * (Math.exp(score - highest) / total - Number(column === query))) / count;
      if (slope === 0) return;
      const [group, place] = [Math.floor(column / count), column % count];
      addScaled(row(gradients[0], query), row(candidates[group], place), slope);
      addScaled(row(gradients[group + 1], place), own, slope);
    });
  }
  return { value: sum / count, gradients: throughUnits([anchors, ...others], units, gradients) };
};

/** Mean of (cosine of the pair − score)² (sentence-transformers' CosineSimilarityLoss). */
export const cosineSimilarity: VectorLoss = (vectors, scores) => {
  const units = vectors.map((each) => normalized(each));
  const gradients = vectors.map(({ rows, size }) => zeros(rows, size));
  let sum = 0;
  scores.forEach((score, index) => {
    const [one, other] = units.map((each) => row(each, index));
    const difference = dot(one, other) - score;
    sum += difference ** 2;
    addScaled(row(gradients[0], index), other, (2 * difference) / scores.length);
    addScaled(row(gradients[1], index), one, (2 * difference) / scores.length);
  });
  return { value: sum / scores.length, gradients: throughUnits(vectors, units, gradients) };
};

/** By how much a negative is to be further away than a positive (sentence-transformers). */
const MARGIN = 5;
/** What PyTorch's pairwise_distance adds to each difference. */
const NUDGE = 1e-6;

/** Mean of max(0, ‖a − p‖ − ‖a − n‖ + 5) (sentence-transformers' TripletLoss). */
export const triplet: VectorLoss = (vectors) => {
  const [{ rows: count, size }] = vectors;
  const gradients = vectors.map(() => zeros(count, size));
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const [anchor, positive, negative] = vectors.map((each) => row(each, index));
    const [near, far] = [positive, negative].map((other) => anchor.map((value, entry) => value - other[entry] + NUDGE));
    const loss = lengthOf(near) - lengthOf(far) + MARGIN;
    if (loss <= 0) continue;
    sum += loss;
    const [toPositive, toNegative] = [1 / (lengthOf(near) * count), 1 / (lengthOf(far) * count)];
    addScaled(row(gradients[0], index), near, toPositive);
    addScaled(row(gradients[1], index), near, -toPositive);
    addScaled(row(gradients[0], index), far, -toNegative);
    addScaled(row(gradients[2], index), far, toNegative);
  }
  return { value: sum / count, gradients };
};

/**
 * Matryoshka representations (Kusupati et al. 2022; sentence-transformers' MatryoshkaLoss): the sum of a loss of the first entries of
 * each vector, made a vector of length 1, over several sizes.
 */
export const matryoshka = (loss: VectorLoss, sizes: readonly number[]): VectorLoss => (vectors, labels) => {
  const gradients = vectors.map(({ rows, size }) => zeros(rows, size));
  let value = 0;
  for (const size of sizes) {
    const units = vectors.map((each) => normalized(each, size));
    const slope = loss(units, labels);
    value += slope.value;
    vectors.forEach((each, index) => addNormalizedGradient(gradients[index], each, units[index], slope.gradients[index]));
  }
  return { value, gradients };
};

/** The gradients of vectors by those of the vectors of length 1 that are made of them. */
function throughUnits(vectors: readonly Matrix[], units: readonly Matrix[], ofUnits: readonly Matrix[]): Matrix[] {
  return vectors.map((each, index) => {
    const gradient = zeros(each.rows, each.size);
    addNormalizedGradient(gradient, each, units[index], ofUnits[index]);
    return gradient;
  });
}
