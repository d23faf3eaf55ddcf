import { layerDivision } from "../../src/ops/group-norm/reference.ts";
import { rmsNorm, rmsNormBackward, rmsNormWithStatistics } from "../../src/ops/index.ts";
import type { LayerAxes } from "../../src/ops/shared/geometry/normalisation.ts";
import { readNormalised } from "../../src/ops/shared/reference/normalise.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { farFromZero, givenErrors, gradientBounds, normalisedBound, rootErrors } from "./normalisations.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const epsilon = 0.01;
const positive = (count: number, seed: number) => uniform(count, seed).map((value) => Math.abs(value) + 0.25);

interface Rms {
  readonly shape: readonly number[];
  readonly axes?: LayerAxes;
  readonly parameters: readonly number[];
  /** The shape of the statistic. */
  readonly roots: readonly number[];
  readonly values?: typeof farFromZero;
}

const CASES: readonly Rms[] = [
  { shape: [3, 20], parameters: [20], roots: [3, 1] },
  { shape: [2, 5, 3, 7], parameters: [5, 3, 7], roots: [2, 1, 1, 1] },
  { shape: [2, 16, 4, 4], axes: "channels", parameters: [16], roots: [2, 1, 4, 4] },
  { shape: [2, 3, 4, 8], axes: [3, 1], parameters: [8, 3], roots: [2, 1, 4, 1] },
  { shape: [3, 4], axes: [], parameters: [], roots: [3, 4] },
  { shape: [2, 1024], axes: [-1], parameters: [1024], roots: [2, 1], values: farFromZero },
  { shape: [0, 6], parameters: [6], roots: [0, 1] },
];

testOperations(
  CASES.flatMap(({ shape, axes, parameters, roots, values }, at): OperationCase<never>[] => {
    const scaled = at % 2 === 0;
    const over = axes === undefined ? {} : { axes };
    const free = typeof axes === "object" && { layoutFree: true };
    const more = values && { values, dtype: "f32" as const };
    const x = { shape, ...free, ...more };
    const own = { shape: parameters, layoutFree: true, ...(more && { dtype: more.dtype }) };
    const name = `[${shape.join(", ")}] by roots of mean squares over ${JSON.stringify(axes ?? "all")}`;
    const forward: OperationCase<"x" | "scale"> = {
      name,
      inputs: { x, scale: own },
      run: ({ x: input, scale }) => ({ y: rmsNorm(input, { ...over, epsilon, ...(scaled && { scale }) }) }),
      reference: ({ x: input, scale }, layout) => ({
        y: reference.rmsNorm(input, { ...over, epsilon, layout, ...(scaled && { scale }) }),
      }),
      bound: ({ x: input, scale }, layout) => {
        const read = readNormalised("x", input, { layout });
        const division = layerDivision(read, axes);
        const by = scaled ? { scale: scale.data } : {};
        return { y: normalisedBound(read, division, rootErrors(read, division, epsilon), by) };
      },
    };
    const statistic: OperationCase<"x"> = {
      name: `${name}, and the statistic`,
      inputs: { x },
      run: ({ x: input }) => ({ ...rmsNormWithStatistics(input, { ...over, epsilon }) }),
      reference: ({ x: input }, layout) => ({
        ...reference.rmsNormWithStatistics(input, { ...over, epsilon, layout }),
      }),
      bound: ({ x: input }, layout) => {
        const read = readNormalised("x", input, { layout });
        const division = layerDivision(read, axes);
        const errors = rootErrors(read, division, epsilon);
        return {
          y: normalisedBound(read, division, errors, {}),
          inverseRootMeanSquare: (one) => errors.inverseError[one]!,
        };
      },
    };
    const backward: OperationCase<"dy" | "x" | "scale"> = {
      name: `gradients of ${name}`,
      inputs: { dy: { ...x, values: uniform }, x, scale: own },
      run: ({ dy, x: input, scale }) => ({
        ...rmsNormBackward(dy, input, { ...over, epsilon, ...(scaled && { scale }) }),
      }),
      reference: ({ dy, x: input, scale }, layout) => ({
        ...reference.rmsNormBackward(dy, input, { ...over, epsilon, layout, ...(scaled && { scale }) }),
      }),
      bound: ({ dy, x: input, scale }, layout) => {
        const read = readNormalised("x", input, { layout });
        const division = layerDivision(read, axes);
        const errors = rootErrors(read, division, epsilon);
        return gradientBounds(dy.data, read, division, errors, scaled ? scale.data : undefined, "divided");
      },
    };
    const known: OperationCase<"dy" | "x" | "root"> = {
      name: `gradients of ${name}, by the given statistic`,
      inputs: { dy: { ...x, values: uniform }, x, root: { shape: roots, dtype: "f32", ...free, values: positive } },
      run: ({ dy, x: input, root }) => ({ ...rmsNormBackward(dy, input, { ...over, inverseRootMeanSquare: root }) }),
      reference: ({ dy, x: input, root }, layout) => ({
        ...reference.rmsNormBackward(dy, input, { ...over, layout, inverseRootMeanSquare: root }),
      }),
      bound: ({ dy, x: input, root }, layout) => {
        const read = readNormalised("x", input, { layout });
        const division = layerDivision(read, axes);
        const errors = givenErrors(new Float64Array(root.data.length), root.data, 0);
        return gradientBounds(dy.data, read, division, errors, undefined, "divided");
      },
    };
    return [forward, statistic, backward, known];
  }),
);
