/** The indices of the `count` largest values, largest first; of equal values the first one counts more. */
export function topIndices(values: Float32Array, count: number): number[] {
  const top: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (top.length === count && value <= values[top[count - 1]]) continue;
    if (top.length === count) top.pop();
    let place = top.length;
    while (place > 0 && values[top[place - 1]] < value) place--;
    top.splice(place, 0, index);
  }
  return top;
}
