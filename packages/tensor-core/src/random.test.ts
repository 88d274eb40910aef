import { describe, expect, test } from "@jest/globals";
import { Random, type RandomState } from "./random.js";

const draw = (random: Random, count = 5) =>
  Array.from({ length: count }, () => random.uint32());

describe("Random", () => {
  test("equal seeds give equal sequences, different seeds different ones", () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
    expect(draw(new Random("a"))).not.toEqual(draw(new Random("b")));
  });

  test("its sequence never changes between versions", () => {
    expect(draw(new Random(1), 3)).toMatchInlineSnapshot(`
      [
        1322085210,
        3448142222,
        3302266490,
      ]
    `);
  });

  test("a fork depends on seed and label only", () => {
    const used = new Random(3);
    draw(used, 100);
    expect(draw(used.fork("data"))).toEqual(draw(new Random(3).fork("data")));
    expect(draw(used.fork("data"))).not.toEqual(draw(used.fork("dropout")));
  });

  test("continues from a stored state", () => {
    const random = new Random(5);
    draw(random);
    const state = JSON.parse(JSON.stringify(random.state)) as RandomState;
    const expected = draw(random);
    const other = new Random(0);
    other.state = state;
    expect(draw(other)).toEqual(expected);
  });

  test("uniform and normal have their moments", () => {
    const random = new Random(11);
    const moments = (values: number[]) => {
      const mean =
        values.reduce((sum, value) => sum + value, 0) / values.length;
      return [
        mean,
        values.reduce((sum, value) => sum + (value - mean) ** 2, 0) /
          values.length,
      ];
    };
    const uniform = moments(
      Array.from({ length: 40_000 }, () => random.uniform())
    );
    expect(uniform[0]).toBeCloseTo(0.5, 2);
    expect(uniform[1]).toBeCloseTo(1 / 12, 2);
    const normal = moments(
      Array.from({ length: 40_000 }, () => random.normal())
    );
    expect(Math.abs(normal[0])).toBeLessThan(0.02);
    expect(Math.abs(normal[1] - 1)).toBeLessThan(0.03);
  });

  test("choose takes each item about as often", () => {
    const random = new Random(5);
    const chosen = Array.from({ length: 3000 }, () => random.choose(["a", "b", "c"]));
    for (const item of ["a", "b", "c"]) {
      expect(Math.abs(chosen.filter((each) => each === item).length - 1000)).toBeLessThan(100);
    }
  });

  test("shuffle permutes", () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = new Random(2).shuffle([...items]);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
  });

  test.each([0, 0.1, 0.5, 0.9])(
    "dropout factors at rate %d keep the mean",
    (rate) => {
      const factors = new Random(4).fillDropout(new Float32Array(99_999), rate);
      const kept = Math.fround(1 / (1 - rate));
      expect(factors.every((factor) => factor === 0 || factor === kept)).toBe(
        true
      );
      expect(
        factors.filter((factor) => factor === 0).length / factors.length
      ).toBeCloseTo(rate, 2);
    }
  );
});
