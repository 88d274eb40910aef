/** Numbers of which the least comes first (a binary heap). */
export class Heap {
  readonly #values: number[] = [];

  push(value: number): void {
    const values = this.#values;
    let place = values.push(value) - 1;
    for (let parent = (place - 1) >> 1; place > 0 && values[parent] > value; parent = (place - 1) >> 1) {
      values[place] = values[parent];
      place = parent;
    }
    values[place] = value;
  }

  /** Takes the least number out; undefined when there is none. */
  pop(): number | undefined {
    const values = this.#values;
    const least = values.at(0);
    const last = values.pop();
    if (last === undefined || values.length === 0) return least;
    let place = 0;
    for (let child = 1; child < values.length; child = 2 * place + 1) {
      if (child + 1 < values.length && values[child + 1] < values[child]) child++;
      if (values[child] >= last) break;
      values[place] = values[child];
      place = child;
    }
    values[place] = last;
    return least;
  }
}
