// CPU reference of layer, instance and group normalisation and their gradients, in float64.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayerAxes, checkAxes, checkEpsilon, checkGroups, layerShape } from "../shared/geometry/normalisation.ts";
import type { LayoutOptions } from "../shared/reference/feature-map.ts";
import {
  type AffineParameters,
  type Division,
  type NormalisedValues,
  inverseDeviations,
  normalised,
  normalisedBackward,
  readAffine,
  readNormalised,
  readParameter,
  statisticsOf,
} from "../shared/reference/normalise.ts";

export interface ReferenceNormOptions extends AffineParameters, LayoutOptions {}

export type ReferenceNormBackwardOptions = Omit<ReferenceNormOptions, "bias">;

interface Gradients {
  dx: Float64NdArray;
  dscale: Float64NdArray;
  dbias: Float64NdArray;
}

/** `layerNorm` of convoke/ops, in float64. */
export function layerNorm(x: NdArray, options: ReferenceNormOptions & { axes?: LayerAxes } = {}): Float64NdArray {
  return forward(x, options, ["axes"], (values) => layerDivision(values, options.axes));
}

/** `layerNormBackward` of convoke/ops, in float64. */
export function layerNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions & { axes?: LayerAxes } = {},
): Gradients {
  return backward(dy, x, options, ["axes"], (values) => layerDivision(values, options.axes));
}

/** `instanceNorm` of convoke/ops, in float64. */
export function instanceNorm(x: NdArray, options: ReferenceNormOptions = {}): Float64NdArray {
  return forward(x, options, [], (values) => groupDivision(values, values.channels), [3, 4, 5]);
}

/** `instanceNormBackward` of convoke/ops, in float64. */
export function instanceNormBackward(dy: NdArray, x: NdArray, options: ReferenceNormBackwardOptions = {}): Gradients {
  return backward(dy, x, options, [], (values) => groupDivision(values, values.channels), [3, 4, 5]);
}

/** `groupNorm` of convoke/ops, in float64. */
export function groupNorm(x: NdArray, options: ReferenceNormOptions & { groups: number }): Float64NdArray {
  return forward(x, options, ["groups"], (values) => groupDivision(values, options.groups));
}

/** `groupNormBackward` of convoke/ops, in float64. */
export function groupNormBackward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions & { groups: number },
): Gradients {
  return backward(dy, x, options, ["groups"], (values) => groupDivision(values, options.groups));
}

/** A set for each group of channels of each image. */
export function groupDivision(x: NormalisedValues, given: unknown): Division {
  const count = checkGroups(x, given);
  const own = x.channels / count;
  return {
    sets: x.N * count,
    parameterShape: [x.channels],
    setOf: ({ n, c }) => n * count + Math.floor(c / own),
    parameterOf: ({ c }) => c,
  };
}

/** A set for all elements along the normalised axes. */
export function layerDivision(x: NormalisedValues, given: unknown): Division {
  const axes = checkAxes(x, given);
  const parameterShape = layerShape(x, axes);
  if (axes === "channels")
    return {
      sets: x.N * x.cells,
      parameterShape,
      setOf: ({ n, cell }) => n * x.cells + cell,
      parameterOf: ({ c }) => c,
    };
  const inner = elementCount(parameterShape);
  const place = (n: number, c: number, cell: number): number => (n * x.channels + c) * x.cells + cell;
  return {
    sets: (x.N * x.channels * x.cells) / inner,
    parameterShape,
    setOf: ({ n, c, cell }) => Math.floor(place(n, c, cell) / inner),
    parameterOf: ({ n, c, cell }) => place(n, c, cell) % inner,
  };
}

function forward(
  x: NdArray,
  options: ReferenceNormOptions,
  keys: readonly string[],
  divisionOf: (x: NormalisedValues) => Division,
  ranks?: readonly number[],
): Float64NdArray {
  checkOptions("options", options, ["scale", "bias", "epsilon", "layout", ...keys]);
  const values = readNormalised("x", x, options, ranks);
  const division = divisionOf(values);
  const { mean, variance } = statisticsOf(values, division);
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  return normalised(values, division, { mean, inverse }, readAffine(options, division.parameterShape));
}

function backward(
  dy: NdArray,
  x: NdArray,
  options: ReferenceNormBackwardOptions,
  keys: readonly string[],
  divisionOf: (x: NormalisedValues) => Division,
  ranks?: readonly number[],
): Gradients {
  checkOptions("options", options, ["scale", "epsilon", "layout", ...keys]);
  const values = readNormalised("x", x, options, ranks);
  const gradient = readNormalised("dy", dy, options, ranks);
  checkShapeIs("dy", gradient.shape, values.shape);
  const division = divisionOf(values);
  const { mean, variance } = statisticsOf(values, division);
  const inverse = inverseDeviations(variance, checkEpsilon(options.epsilon));
  const scale = readParameter("scale", options.scale, division.parameterShape, 1);
  return normalisedBackward(gradient.data, values, division, { mean, inverse, fixed: false }, scale);
}
