// The error function and the activations against published values, identities and their own derivatives.
import { describe, expect, test } from "vitest";
import { ACTIVATIONS, type ActivationOption, checkActivation } from "../../src/problem/activation.ts";
import { activationValue, activationDerivative } from "../../src/reference.ts";
import { erf, erfc } from "../../src/reference/erf.ts";

/** activation(v) and activation'(v) of an option as a user writes it. */
const value = (option: ActivationOption, v: number): number =>
  activationValue(checkActivation("activation", option), v);
const slope = (option: ActivationOption, v: number): number =>
  activationDerivative(checkActivation("activation", option), v);

/** |actual - wanted| / |wanted|, 0 where both are 0. */
function relativeError(actual: number, wanted: number): number {
  return actual === wanted ? 0 : Math.abs((actual - wanted) / wanted);
}

/** The accuracies that erf.ts states. */
const ERF = 1e-15;
const ERFC = 4e-15;

describe("erf", () => {
  // Abramowitz and Stegun, table 7.1; all their digits, rounded from 40-digit arithmetic.
  test.each([
    [1e-9, 1.1283791670955127e-9, 0.9999999988716208],
    [0.5, 0.5204998778130465, 0.4795001221869535],
    [0.99999, 0.8426966418332298, 0.1573033581667702],
    [1, 0.8427007929497149, 0.15729920705028513],
    [2, 0.9953222650189527, 0.004677734981047266],
    [3, 0.9999779095030014, 2.209049699858544e-5],
    [5, 0.9999999999984626, 1.537459794428035e-12],
    [10, 1, 2.088487583762545e-45],
  ])("of %f", (x, wanted, complement) => {
    expect(relativeError(erf(x), wanted)).toBeLessThanOrEqual(ERF);
    expect(relativeError(erf(-x), -wanted)).toBeLessThanOrEqual(ERF);
    expect(relativeError(erfc(x), complement)).toBeLessThanOrEqual(ERFC);
    expect(relativeError(erfc(-x), 1 + wanted)).toBeLessThanOrEqual(ERFC);
  });

  test("and its complement add to 1 everywhere, and rise and fall without a step where the expansions meet", () => {
    for (let x = -6; x <= 6; x += 1 / 64) expect(Math.abs(erf(x) + erfc(x) - 1)).toBeLessThanOrEqual(2 ** -51);
    const [below, above] = [1 - 2 ** -30, 1 + 2 ** -30];
    // erf(above) - erf(below) is the slope 2/sqrt(pi) exp(-1) times the step, the values rounded to 2^-53.
    const rise = (2 / Math.sqrt(Math.PI)) * Math.exp(-1) * 2 ** -29;
    expect(Math.abs(erf(above) - erf(below) - rise)).toBeLessThanOrEqual(8 * 2 ** -53);
  });

  test("agrees with its alternating power series (Abramowitz and Stegun 7.1.5) where that does not cancel", () => {
    for (let x = 1 / 16; x <= 0.75; x += 1 / 16) {
      let sum = 0;
      let power = x;
      for (let n = 0; n < 30; n++) {
        sum += power / (2 * n + 1);
        power *= -(x * x) / (n + 1);
      }
      // The series' own rounding is at most 30 terms of 2^-53 each; the first terms dominate.
      expect(relativeError(erf(x), (2 / Math.sqrt(Math.PI)) * sum)).toBeLessThanOrEqual(ERF + 30 * 2 ** -53);
    }
  });

  test("at its ends", () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([erf(NaN), erfc(NaN)]).toEqual([NaN, NaN]);
    expect([erf(0), erf(-0), erfc(0)]).toEqual([0, -0, 1]);
    expect(erfc(26)).toBeGreaterThan(0);
    expect(erfc(30)).toBe(0);
  });
});

describe("known values", () => {
  test.each<[ActivationOption, number, number]>([
    ["relu", -2, 0],
    ["relu", 2, 2],
    ["relu6", -1, 0],
    ["relu6", 4, 4],
    ["relu6", 7, 6],
    ["leaky-relu", 3, 3],
    ["leaky-relu", -2, -0.02],
    [{ name: "leaky-relu", slope: 0.25 }, -2, -0.5],
    ["sigmoid", 0, 0.5],
    ["sigmoid", 1, 0.7310585786300049],
    ["sigmoid", -1, 0.2689414213699951],
    ["tanh", 0.5, 0.46211715726000976],
    ["silu", 1, 0.7310585786300049],
    ["silu", -1, -0.2689414213699951],
    ["gelu", 1, 0.8413447460685429],
    ["gelu", -1, -0.15865525393145705],
    ["elu", 2, 2],
    ["elu", -1, -0.6321205588285577],
    [{ name: "elu", alpha: 2 }, -1, -1.2642411176571153],
    ["elu", -1e-10, -9.9999999995e-11],
    ["hard-swish", 1, 2 / 3],
    ["hard-swish", -1, -1 / 3],
    ["hard-swish", 4, 4],
  ])("%j of %f is %f", (option, v, wanted) => {
    // ERFC is the largest error of any function here; the others round a few times at 2^-53.
    expect(relativeError(value(option, v), wanted)).toBeLessThanOrEqual(ERFC);
  });

  test("gelu keeps its digits in its lower tail", () => {
    // Rounding v / sqrt 2 by 2^-53 of itself moves exp(-v^2 / 2) by v^2 2^-53 of itself, here 100 of them.
    const error = relativeError(value("gelu", -10), -7.619853024160526e-23);
    expect(error).toBeLessThanOrEqual(ERFC + 100 * 2 ** -53);
  });

  test("hard-swish is flat below -3", () => {
    expect(value("hard-swish", -3)).toBeCloseTo(0, 15);
    expect(value("hard-swish", -100)).toBeCloseTo(0, 15);
  });

  test("none leaves a value as it is", () => {
    expect(activationValue({ name: "none", parameter: 0 }, -1.5)).toBe(-1.5);
    expect(activationDerivative({ name: "none", parameter: 0 }, -1.5)).toBe(1);
  });
});

describe("derivatives", () => {
  const corners = [-3, 0, 3, 6];

  test.each([...ACTIVATIONS, { name: "leaky-relu", slope: 0.3 }, { name: "elu", alpha: 1.7 }] as ActivationOption[])(
    "%j against central differences",
    (option) => {
      const step = 1e-6;
      for (let v = -8.05; v < 8; v += 0.1) {
        if (corners.some((corner) => Math.abs(corner - v) < 2 * step)) continue;
        const difference = (value(option, v + step) - value(option, v - step)) / (2 * step);
        // Rounding of values up to 8 gives 8 * 2^-52 / 1e-6 = 2e-9, the method's own error 1e-12.
        expect(Math.abs(slope(option, v) - difference), `at ${v}`).toBeLessThanOrEqual(1e-8);
      }
    },
  );

  test("at corners take the side that PyTorch takes", () => {
    expect(slope("relu", 0)).toBe(0);
    expect([slope("relu6", 0), slope("relu6", 6)]).toEqual([0, 0]);
    expect(slope({ name: "leaky-relu", slope: 0.3 }, 0)).toBe(0.3);
    expect(slope({ name: "elu", alpha: 1.7 }, 0)).toBe(1.7);
    expect([slope("hard-swish", -3), slope("hard-swish", 3)]).toEqual([0, 1]);
  });
});

describe("non-finite values", () => {
  test.each(ACTIVATIONS)("%s keeps NaN", (name) => {
    expect(value(name, NaN)).toBeNaN();
    expect(slope(name, NaN)).toBeNaN();
  });

  test.each<[ActivationOption, number, number]>([
    ["relu", Infinity, 0],
    ["relu6", 6, 0],
    ["leaky-relu", Infinity, -Infinity],
    ["sigmoid", 1, 0],
    ["tanh", 1, -1],
    ["silu", Infinity, NaN],
    ["gelu", Infinity, NaN],
    ["elu", Infinity, -1],
    ["hard-swish", Infinity, NaN],
  ])("%s of Infinity is %f, of -Infinity %f", (option, above, below) => {
    expect(value(option, Infinity)).toBe(above);
    expect(value(option, -Infinity)).toBe(below);
  });
});
