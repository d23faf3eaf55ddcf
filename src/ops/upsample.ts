// Upsampling, and beds of nails, and their gradients.
import type { Step } from "../plan.ts";
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import { averageBackward, averageRule } from "./average-pool.ts";
import type { OperationContext } from "./context.ts";
import { checkLike, checkMap, mapConstants } from "./feature-map.ts";
import { elementsOf, mapOfShape, shapeOf } from "./geometry/feature-map.ts";
import { BED_KEYS, type BedOfNailsOptions, bedOf, bedUnder } from "./geometry/nails.ts";
import {
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  type Upsampling,
  upsamplingOf,
} from "./geometry/upsampling.ts";
import { dispatch, whole } from "./operation.ts";
import {
  LONG_AXIS,
  type Axes,
  type Rule,
  aroundWindows,
  inLanes,
  laneParts,
  overWindows,
  poolWords,
  reduction,
  runsOf,
} from "./pooling.ts";

/**
 * A larger map (or a smaller one): each output is the cell at its place, or with mode "linear" what lies between the cells around it.
 * As PyTorch's `interpolate` with modes nearest, linear, bilinear and trilinear; places are exact, not rounded to floats.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor
 * @throws ConvError naming the argument that does not fit
 */
export function upsample(context: OperationContext, x: Tensor, options: UpsampleOptions): Tensor {
  checkOptions("options", options, UPSAMPLE_KEYS);
  const { tensor, map } = checkMap(context, "x", x);
  const upsampling = upsamplingOf(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(upsampling.output), layout, dtype };
  return context.run({
    name: "upsample",
    inputs: { x: tensor },
    results: { y },
    parameters: upsampling,
    recipe: () => {
      const to = inLanes(upsampling.output);
      const lanes = laneParts(map, dtype);
      const runs = runsOf(to);
      const threads = (elementsOf(to) / to.size[2]) * runs;
      const step: Step<string> = dispatch({
        shaders: [...lanes.shaders, "ops/pool/steps", "ops/pool/upsampled", "ops/pool/pool", "ops/pool/upsample"],
        constants: { ...mapConstants(map), ...cornerConstants(upsampling), LONG: isLong(upsampling) },
        aliases: lanes.aliases,
        ranges: [whole("x", tensor), whole("y", y)],
        uniforms: poolWords(inLanes(map), to, placeWords(upsampling), [threads, runs, 1, 0], []),
        threads,
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * The gradient of `upsample` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the upsampling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function upsampleBackward(context: OperationContext, dy: Tensor, options: UpsampleBackwardOptions): Tensor {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "inputShape"]);
  const { layout, dtype } = context.check("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const upsampling = upsamplingOf(map, options);
  const y = { shape: shapeOf(upsampling.output), layout, dtype };
  const gradient = checkLike(context, "dy", dy, y, "the result of this upsampling");
  const dx = { shape: shapeOf(map), layout, dtype };
  return context.run({
    name: "upsampleBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: upsampling,
    recipe: () =>
      reduction({
        ...{ input: upsampling.output, output: map, dtype, axes: overUpsampled(upsampling, map.size) },
        rule: upsampling.linear ? linearRule(upsampling) : averageRule(1, false),
        ...{ x: whole("dy", gradient), results: [whole("dx", dx)] },
      }),
  }).dx;
}

/**
 * Each value at the first cell of a window of `kernelSize` cells, with zeros around.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, `kernelSize` times as large along the axes
 * @throws ConvError naming the argument that does not fit
 */
export function bedOfNails(context: OperationContext, x: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { tensor, map: nails } = checkMap(context, "x", x);
  const { bed, windows } = bedOf(nails, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(bed), layout, dtype };
  return context.run({
    name: "bedOfNails",
    inputs: { x: tensor },
    results: { y },
    parameters: windows,
    // The gradient of summing windows of one cell each.
    recipe: () =>
      averageBackward({
        ...{ output: nails, map: bed, dtype, over: overWindows(bed, windows), around: aroundWindows(bed, windows) },
        ...{ rule: averageRule(1, false), dy: whole("x", tensor), dx: whole("y", y) },
      }),
  }).y;
}

/**
 * The gradient of `bedOfNails` with respect to its x: the first cell of each window.
 *
 * @param dy the gradient of its result
 * @param options those of the bed
 * @returns a new tensor
 * @throws ConvError naming the argument that does not fit
 */
export function bedOfNailsBackward(context: OperationContext, dy: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { tensor: gradient, map: bed } = checkMap(context, "dy", dy);
  const { nails, windows } = bedUnder(bed, options);
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(nails), layout, dtype };
  return context.run({
    name: "bedOfNailsBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: windows,
    recipe: () =>
      reduction({
        ...{ input: bed, output: nails, dtype, axes: overWindows(bed, windows), rule: averageRule(1, false) },
        ...{ x: whole("dy", gradient), results: [whole("dx", dx)] },
      }),
  }).dx;
}

/** How many cells along each axis an output is made of. */
function cornerConstants({ linear, output }: Upsampling): Record<"CORNERS_D" | "CORNERS_H" | "CORNERS_W", number> {
  const along = (axis: number): number => (linear && axis >= 3 - output.rank ? 2 : 1);
  return { CORNERS_D: along(0), CORNERS_H: along(1), CORNERS_W: along(2) };
}

/** Whether places are numbers that float32 would not divide rightly. */
function isLong({ output, places }: Upsampling): boolean {
  return places.some(({ scale, shift }, axis) => scale * output.size[axis]! + Math.abs(shift) >= LONG_AXIS);
}

/** The words of the struct Axes of shaders/ops/pool/upsampled.wgsl. */
function placeWords({ places }: Upsampling): number[] {
  return [...places.map(({ scale }) => scale), ...places.map(({ shift }) => shift), ...places.map(({ unit }) => unit)];
}

/** The outputs that a cell is part of. */
function overUpsampled(upsampling: Upsampling, input: readonly number[]): Axes {
  const most = upsampling.output.size.map((outputs, axis) =>
    Math.min(outputs, Math.ceil((2 * outputs) / input[axis]!) + 1),
  );
  return {
    shaders: ["ops/windows", "ops/pool/upsampled", "ops/pool/over-upsampled"],
    words: placeWords(upsampling),
    constants: { LINEAR: upsampling.linear },
    cells: elementCount(most),
  };
}

function linearRule(upsampling: Upsampling): Rule {
  return { shaders: ["ops/pool/linear"], words: [], constants: cornerConstants(upsampling), kept: 1 };
}
