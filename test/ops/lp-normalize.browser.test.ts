import { gamma } from "../../src/base/arithmetic.ts";
import type { Layout } from "../../src/index.ts";
import { layerDivision } from "../../src/ops/group-norm/reference.ts";
import { lpNormalize, lpNormalizeBackward } from "../../src/ops/index.ts";
import type { LpNormalizeOptions } from "../../src/ops/lp-normalize/geometry.ts";
import { axisOf } from "../../src/ops/shared/geometry/axis.ts";
import { linesOf } from "../../src/ops/shared/reference/lines.ts";
import { readNormalised } from "../../src/ops/shared/reference/normalise.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { computedErrors, rootErrors } from "./normalisations.ts";
import { type OperationCase, testOperations } from "./suite.ts";

interface Case {
  readonly shape: readonly number[];
  readonly options: LpNormalizeOptions;
}

const CASES: readonly Case[] = [
  { shape: [2, 6, 3, 4], options: {} },
  { shape: [2, 8, 5], options: { p: 1 } },
  { shape: [3, 20], options: { axis: -1, p: 2 } },
  { shape: [4, 130], options: { axis: 1, p: 1, epsilon: 0 } },
  { shape: [5, 3, 4], options: { axis: 0, p: 2, epsilon: 50 } },
  { shape: [7, 2, 3], options: { axis: 0, p: 1, epsilon: 50 } },
  { shape: [2, 2, 3, 2, 2, 2], options: { axis: 2 } },
  { shape: [], options: {} },
  { shape: [3, 0, 2], options: { axis: 1 } },
];

/** Each line, the magnitude that it is divided by, and the relative error of that: of the statistics, and of a product and roots more. */
function lines(x: NdArray, { p = 2, axis, epsilon = 1e-12 }: LpNormalizeOptions, layout: Layout) {
  const along = axisOf(axis, x.shape, layout);
  const magnitudes = { data: Float64Array.from(x.data, Math.abs), shape: [...x.shape], layout };
  const values = p === 1 ? magnitudes : readNormalised("x", x, { layout });
  const division = layerDivision(values, x.shape.length > 0 ? [along] : []);
  const errors = p === 1 ? computedErrors(values, division, 0) : rootErrors(values, division, 0);
  return linesOf(x.shape, along).map((line) => {
    const set = division.sets[line[0]!]!;
    const sum = line.reduce((total, at) => total + Math.abs(x.data[at]!) ** p, 0);
    const own = p === 1 ? sum : Math.sqrt(sum);
    const error =
      p === 1 ? errors.meanError[set]! / errors.mean[set]! : errors.inverseError[set]! / errors.inverse[set]!;
    const moving = own > epsilon;
    return { line, moving, divisor: moving ? own : epsilon, relative: gamma(10) + (moving ? error : 0) };
  });
}

testOperations(
  CASES.flatMap(({ shape, options }): OperationCase<never>[] => {
    const x = { shape, layoutFree: options.axis !== undefined };
    const name = `[${shape.join(", ")}] divided by its norm, ${JSON.stringify(options)}`;
    const forward: OperationCase<"x"> = {
      name,
      inputs: { x },
      run: ({ x: input }) => ({ y: lpNormalize(input, options) }),
      reference: ({ x: input }, layout) => ({ y: reference.lpNormalize(input, { ...options, layout }) }),
      bound: ({ x: input }, layout) => {
        const bounds = new Float64Array(input.data.length);
        for (const { line, divisor, relative } of lines(input, options, layout))
          for (const at of line) bounds[at] = (Math.abs(input.data[at]!) / divisor) * 1.01 * (relative + gamma(3));
        return { y: (at) => bounds[at]! };
      },
    };
    const backward: OperationCase<"dy" | "x"> = {
      name: `gradient of ${name}`,
      inputs: { dy: x, x },
      run: ({ dy, x: input }) => ({ dx: lpNormalizeBackward(dy, input, options) }),
      reference: ({ dy, x: input }, layout) => ({
        dx: reference.lpNormalizeBackward(dy, input, { ...options, layout }),
      }),
      // dx = (dy - direction * sum(dy y)) / norm. Each term of the sum errs as y does, and rounds; it has up to 64 terms in a thread, and here
      // at most two levels. The direction is y, or for p = 1 a sign, and the difference and the division round too.
      bound: ({ dy, x: input }, layout) => {
        const bounds = new Float64Array(input.data.length);
        for (const { line, moving, divisor, relative } of lines(input, options, layout)) {
          const sum = line.reduce((total, at) => total + Math.abs((dy.data[at]! * input.data[at]!) / divisor), 0);
          for (const at of line) {
            const direction = options.p === 1 ? 1 : Math.abs(input.data[at]!) / divisor;
            const through = moving ? direction * sum : 0;
            bounds[at] =
              (1.01 *
                (through * (2 * relative + gamma(80)) + (Math.abs(dy.data[at]!) + through) * (relative + gamma(8)))) /
              divisor;
          }
        }
        return { dx: (at) => bounds[at]! };
      },
    };
    return [forward, backward];
  }),
);
