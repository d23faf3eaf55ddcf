import type { Layout, Tensor } from "../../src/index.ts";
import { groupDivision, instanceDivision, layerDivision } from "../../src/ops/group-norm/reference.ts";
import * as operations from "../../src/ops/index.ts";
import type { LayerAxes } from "../../src/ops/shared/geometry/normalisation.ts";
import { type Division, type NormalisedValues, readNormalised } from "../../src/ops/shared/reference/normalise.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { computedErrors, farFromZero, gradientBounds, normalisedBound } from "./normalisations.ts";
import { type Input, type OperationCase, testOperations } from "./suite.ts";

/** One kind of normalisation: the operation, its reference, and how it divides elements. */
interface Norm {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameters: readonly number[];
  readonly division: (x: NormalisedValues) => Division;
  readonly operation: Passes<Tensor>;
  readonly reference: Passes<NdArray, { layout: Layout }>;
}

interface Passes<Values, More = unknown> {
  forward: (x: Values, options: { scale?: Values; bias?: Values; epsilon?: number } & More) => Values;
  backward: (
    dy: Values,
    x: Values,
    options: { scale?: Values; epsilon?: number } & More,
  ) => { dx: Values; dscale: Values; dbias: Values };
}

function layer(shape: readonly number[], axes?: LayerAxes): Norm {
  const over = axes === undefined ? {} : { axes };
  return {
    name: `layer normalisation over ${axes ?? "all"} of [${shape.join(", ")}]`,
    shape,
    parameters: axes === "channels" ? [shape[1]!] : shape.slice(1).slice(-(axes ?? shape.length)),
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
  const given = { shape, ...x };
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
    inputs: { dy: { shape, ...(x.dtype && { dtype: x.dtype }) }, x: given, scale: own },
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

testOperations([
  ...NORMS.flatMap((norm, at) => cases(norm, at % 3 !== 1)),
  ...cases(group([1, 8, 3, 4], 2), true, {}, { dtype: "f32" }),
  ...cases(instance([2, 3, 16, 20]), true, { values: farFromZero, dtype: "f32" }),
  ...cases(group([1, 8, 9, 7], 2), true, { values: farFromZero, dtype: "f32" }),
]);
