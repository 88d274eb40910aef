import { addScaled, type Columns, dot } from './columns.js';

/** What is left of a vector, relative to its length, below which it is taken to depend on those before it. */
const DEPENDENT = 1e-10;

/**
 * The vectors made orthogonal, each of length 1, by Gram and Schmidt, twice, so that rounding leaves them orthogonal to the last
 * bits. One that depends on those before it gives way to some unit vector's part that does not. At most as many as their length.
 */
export function orthonormal(vectors: Columns): Float64Array[] {
  const basis: Float64Array[] = [];
  let unit = 0;
  for (const vector of vectors) {
    let next = independentPart(vector, basis);
    for (; !next; unit++) next = independentPart(Float64Array.from(vector, (_, index) => Number(index === unit)), basis);
    basis.push(next);
  }
  return basis;
}

/** The part of a vector that is orthogonal to a basis, of length 1; undefined when nothing is left of it. */
function independentPart(vector: Float64Array, basis: Columns): Float64Array | undefined {
  const rest = vector.slice();
  const before = Math.sqrt(dot(rest, rest));
  for (let pass = 0; pass < 2; pass++) for (const each of basis) addScaled(rest, each, -dot(each, rest));
  const after = Math.sqrt(dot(rest, rest));
  return after > DEPENDENT * before ? rest.map((value) => value / after) : undefined;
}
