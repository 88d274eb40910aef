/** ln softmax of logits. */
export function logSoftmax(logits: Float32Array): Float32Array {
  let largest = -Infinity;
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index]);
  let total = 0;
  for (let index = 0; index < logits.length; index++) total += Math.exp(logits[index] - largest);
  const normalizer = largest + Math.log(total);
  return logits.map((value) => value - normalizer);
}
