/**
 * Over how many entries the size of a tensor is spread, from 1 to their number: exp(H) for the entropy H = −Σ pᵢ·ln pᵢ of the shares
 * pᵢ = |θᵢ|/Σ|θ|. It is the number of entries where all are equal, and small where a few outweigh the others; 0 of a tensor of zeros.
 */
export function effectiveSize(weights: Float32Array): number {
  let [sum, weighted] = [0, 0];
  for (const weight of weights) {
    const size = Math.abs(weight);
    sum += size;
    if (size > 0) weighted += size * Math.log(size);
  }
  return sum > 0 ? Math.exp(Math.log(sum) - weighted / sum) : 0;
}
