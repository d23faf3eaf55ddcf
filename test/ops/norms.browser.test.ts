import type { Layout, Tensor } from "../../src/index.ts";
import { groupDivision, instanceDivision, layerDivision } from "../../src/ops/group-norm/reference.ts";
import * as operations from "../../src/ops/index.ts";
import type { LayerAxes } from "../../src/ops/shared/geometry/normalisation.ts";
import { type Division, type NormalisedValues, readNormalised } from "../../src/ops/shared/reference/normalise.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { computedErrors, farFromZero, givenErrors, gradientBounds, normalisedBound } from "./normalisations.ts";
import { type Input, type OperationCase, testOperations } from "./suite.ts";

/** One kind of normalisation: the operation, its reference, and how it divides elements. */
interface Norm {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameters: readonly number[];
  /** Whether x has the same shape in both layouts, since its axes are named by their places in it. */
  readonly free?: boolean;
  readonly division: (x: NormalisedValues) => Division;
  readonly operation: Passes<Tensor>;
  readonly reference: Passes<NdArray, { layout: Layout }>;
}

interface Passes<Values, More = unknown> {
  forward: (x: Values, options: { scale?: Values; bias?: Values; epsilon?: number } & More) => Values;
  backward: (
    dy: Values,
    x: Values,
    options: { scale?: Values; epsilon?: number; mean?: Values; inverseDeviation?: Values } & More,
  ) => { dx: Values; dscale: Values; dbias: Values };
}

function layer(shape: readonly number[], axes?: LayerAxes): Norm {
  const over = axes === undefined ? {} : { axes };
  const parametersOf = (): readonly number[] => {
    if (typeof axes === "object") return axes.map((axis) => shape.at(axis)!);
    return axes === "channels" ? [shape[1]!] : shape.slice(1).slice(-(axes ?? shape.length));
  };
  return {
    name: `layer normalisation over ${JSON.stringify(axes ?? "all")} of [${shape.join(", ")}]`,
    ...{ shape, parameters: parametersOf(), free: typeof axes === "object" },
    division: (x) => layerDivision(x, axes),
    operation: {
      forward: (x, options) => operations.layerNorm(x, { ...options, ...over }),
      backward: (dy, x, options) => operations.layerNormBackward(dy, x, { ...options, ...over }),
    },
    reference: {
      forward: (x, options) => reference.layerNorm(x, { ...options, ...over }),
      backward: (dy, x, options) => reference.layerNormBackward(dy, x, { ...options, ...over }),
    },
  };
}

function instance(shape: readonly number[]): Norm {
  return {
    name: `instance normalisation of [${shape.join(", ")}]`,
    shape,
    parameters: [shape[1]!],
    division: (x) => instanceDivision(x),
    operation: {
      forward: operations.instanceNorm,
      backward: operations.instanceNormBackward,
    },
    reference: {
      forward: reference.instanceNorm,
      backward: reference.instanceNormBackward,
    },
  };
}

function group(shape: readonly number[], groups: number): Norm {
  return {
    name: `group normalisation of [${shape.join(", ")}] in ${groups}`,
    shape,
    parameters: [shape[1]!],
    division: (x) => groupDivision(x, groups),
    operation: {
      forward: (x, options) => operations.groupNorm(x, { ...options, groups }),
      backward: (dy, x, options) => operations.groupNormBackward(dy, x, { ...options, groups }),
    },
    reference: {
      forward: (x, options) => reference.groupNorm(x, { ...options, groups }),
      backward: (dy, x, options) => reference.groupNormBackward(dy, x, { ...options, groups }),
    },
  };
}

const NORMS: readonly Norm[] = [
  layer([3, 20]),
  layer([2, 3, 5]),
  layer([2, 5, 3, 7]),
  layer([2, 8, 12, 16]),
  layer([2, 3, 4, 5], 2),
  layer([2, 3, 4, 8], 1),
  layer([1, 4, 2, 3, 4], 3),
  layer([2, 7, 3, 5], "channels"),
  layer([2, 96, 4, 4], "channels"),
  instance([2, 3, 9]),
  instance([1, 5, 7, 9]),
  instance([2, 4, 32, 36]),
  instance([1, 2, 2, 3, 3]),
  group([2, 6, 5, 3], 2),
  group([2, 16, 6, 4], 4),
  group([3, 10], 5),
  instance([1, 1, 1, 1]),
  layer([2, 3, 4, 5], [1, 3]),
  layer([2, 4, 3, 8], [3, 1]),
  layer([3, 4, 2, 5], [0, 2]),
  layer([4, 6], [0]),
  layer([2, 3, 4, 2, 3], [4, 2, 0]),
  layer([2, 3, 2, 2, 3, 4], [-5, 3, -1]),
  layer([9], [0]),
  layer([3, 4], []),
  layer([0, 4, 3]),
  layer([2, 0, 3], 1),
  layer([2, 4, 0], "channels"),
  group([2, 4, 0], 2),
  // Sums in three levels.
  instance([1, 2, 4501]),
];

/** An epsilon large enough to matter. */
const epsilon = 0.01;

function cases(
  norm: Norm,
  affine: boolean,
  x: Partial<Input> = {},
  parameter: Partial<Input> = {},
): OperationCase<never>[] {
  const { name, shape, parameters, division } = norm;
  const given = { shape, ...(norm.free && { layoutFree: true }), ...x };
  // The parameters have PyTorch's axes in every layout.
  const own = { shape: parameters, layoutFree: true, ...(x.dtype && { dtype: x.dtype }), ...parameter };
  const title = `${name}${affine ? ", scaled, with a bias" : ""}${x.values ? ", far from zero" : ""}${parameter.dtype ? ", float32 parameters" : ""}`;
  const valuesOf = (array: NdArray, layout: Layout) => readNormalised("x", array, { layout });
  const forward: OperationCase<"x" | "scale" | "bias"> = {
    name: title,
    inputs: { x: given, scale: own, bias: own },
    run: ({ x: input, scale, bias }) => {
      return { y: norm.operation.forward(input, affine ? { scale, bias, epsilon } : { epsilon }) };
    },
    reference: ({ x: input, scale, bias }, layout) => {
      return { y: norm.reference.forward(input, { ...(affine && { scale, bias }), layout, epsilon }) };
    },
    bound: ({ x: input, scale, bias }, layout) => {
      const values = valuesOf(input, layout);
      const errors = computedErrors(values, division(values), epsilon);
      const by = affine ? { scale: scale.data, bias: bias.data } : {};
      return { y: normalisedBound(values, division(values), errors, by) };
    },
  };
  const backward: OperationCase<"dy" | "x" | "scale"> = {
    name: `gradients of ${title}`,
    inputs: { dy: { ...given, values: uniform }, x: given, scale: own },
    run: ({ dy, x: input, scale }) => {
      const { dx, dscale, dbias } = norm.operation.backward(dy, input, affine ? { scale, epsilon } : { epsilon });
      return { dx, dscale, dbias };
    },
    reference: ({ dy, x: input, scale }, layout) => ({
      ...norm.reference.backward(dy, input, { ...(affine && { scale }), layout, epsilon }),
    }),
    bound: ({ dy, x: input, scale }, layout) => {
      const values = valuesOf(input, layout);
      const errors = computedErrors(values, division(values), epsilon);
      const gradient = valuesOf(dy, layout).data;
      return gradientBounds(gradient, values, division(values), errors, affine ? scale.data : undefined);
    },
  };
  return [forward, backward];
}

/** With the statistics as results, and as arguments of the gradient. */
function withStatistics(
  norm: Norm,
  statistics: readonly number[],
  forwards: readonly [Statistical<Tensor>, Statistical<NdArray, { layout: Layout }>],
): OperationCase<never>[] {
  const { name, shape, division } = norm;
  const x = { shape, ...(norm.free && { layoutFree: true }) };
  const state = { shape: statistics, dtype: "f32" as const, ...(norm.free && { layoutFree: true }) };
  const forward: OperationCase<"x"> = {
    name: `${name}, and its statistics`,
    inputs: { x },
    run: (tensors) => ({ ...forwards[0](tensors.x, { epsilon }) }),
    reference: (arrays, layout) => ({ ...forwards[1](arrays.x, { epsilon, layout }) }),
    bound: (arrays, layout) => {
      const values = readNormalised("x", arrays.x, { layout });
      const errors = computedErrors(values, division(values), epsilon);
      return {
        y: normalisedBound(values, division(values), errors, {}),
        mean: (at) => errors.meanError[at]!,
        inverseDeviation: (at) => errors.inverseError[at]!,
      };
    },
  };
  const backward: OperationCase<"dy" | "x" | "mean" | "inverseDeviation"> = {
    name: `gradients of ${name}, by given statistics`,
    inputs: { dy: x, x, mean: state, inverseDeviation: { ...state, values: positive } },
    run: ({ dy, x: input, ...given }) => ({ ...norm.operation.backward(dy, input, given) }),
    reference: ({ dy, x: input, ...given }, layout) => ({
      ...norm.reference.backward(dy, input, { ...given, layout }),
    }),
    bound: ({ dy, x: input, mean, inverseDeviation }, layout) => {
      const values = readNormalised("x", input, { layout });
      const errors = givenErrors(mean.data, inverseDeviation.data, 0);
      return gradientBounds(dy.data, values, division(values), errors, undefined);
    },
  };
  return [forward, backward];
}

type Statistical<Values, More = unknown> = (
  x: Values,
  options: { epsilon: number } & More,
) => { y: Values; mean: Values; inverseDeviation: Values };

/** Inverse deviations, away from zero. */
const positive = (count: number, seed: number) => uniform(count, seed).map((value) => Math.abs(value) + 0.25);

testOperations([
  ...withStatistics(
    layer([2, 3, 4, 5]),
    [2, 1, 1, 1],
    [operations.layerNormWithStatistics, reference.layerNormWithStatistics],
  ),
  ...withStatistics(
    layer([2, 3, 4, 8], [3, 1]),
    [2, 1, 4, 1],
    [
      (x, options) => operations.layerNormWithStatistics(x, { ...options, axes: [3, 1] }),
      (x, options) => reference.layerNormWithStatistics(x, { ...options, axes: [3, 1] }),
    ],
  ),
  ...withStatistics(
    layer([2, 4, 3, 5], "channels"),
    [2, 1, 3, 5],
    [
      (x, options) => operations.layerNormWithStatistics(x, { ...options, axes: "channels" }),
      (x, options) => reference.layerNormWithStatistics(x, { ...options, axes: "channels" }),
    ],
  ),
  ...withStatistics(
    instance([2, 3, 9]),
    [2, 3],
    [operations.instanceNormWithStatistics, reference.instanceNormWithStatistics],
  ),
  ...withStatistics(
    group([3, 6, 5], 2),
    [3, 2],
    [
      (x, options) => operations.groupNormWithStatistics(x, { ...options, groups: 2 }),
      (x, options) => reference.groupNormWithStatistics(x, { ...options, groups: 2 }),
    ],
  ),
  ...NORMS.flatMap((norm, at) => cases(norm, at % 3 !== 1)),
  ...cases(group([1, 8, 3, 4], 2), true, {}, { dtype: "f32" }),
  ...cases(instance([2, 3, 16, 20]), true, { values: farFromZero, dtype: "f32" }),
  ...cases(group([1, 8, 9, 7], 2), true, { values: farFromZero, dtype: "f32" }),
]);
