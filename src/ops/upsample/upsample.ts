// Upsampling, and beds of nails, and their gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Step } from "../../kernel/step.ts";
import { elementCount, toTriple } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import { BED_KEYS, type BedOfNailsOptions, bedOf, bedUnder } from "./bed-of-nails.ts";
import {
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  type Upsampling,
  upsamplingOf,
} from "./geometry.ts";
import type { Windows } from "../shared/geometry/windows.ts";
import { checkLike, checkMap, mapConstants } from "../shared/feature-map.ts";
import { aroundWindows } from "../shared/gathering.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import {
  LONG_AXIS,
  type Axes,
  type Rule,
  inLanes,
  laneParts,
  overWindows,
  poolWords,
  reduction,
  runsOf,
} from "../shared/pooling.ts";
import { type WeightedWindows, weightedSpread, weightedSums, weightedWindows } from "../shared/weighted-windows.ts";
import stepsShader from "../../../shaders/ops/shared/pool/steps.wgsl";
import upsampledShader from "../../../shaders/ops/upsample/upsampled.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import upsampleShader from "../../../shaders/ops/upsample/upsample.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import overUpsampledShader from "../../../shaders/ops/upsample/over-upsampled.wgsl";
import linearShader from "../../../shaders/ops/upsample/linear.wgsl";

/**
 * A larger map (or a smaller one): each output is the cell at its place, or with mode "linear" what lies between the cells around it.
 * As PyTorch's `interpolate` with modes nearest, linear, bilinear and trilinear; places are exact, not rounded to floats.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor
 * @throws ConvError naming the argument that does not fit
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  checkOptions("options", options, UPSAMPLE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const upsampling = upsamplingOf(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(upsampling.output), layout, dtype };
  return run({
    name: "upsample",
    inputs: { x: tensor },
    results: { y },
    parameters: upsampling,
    recipe: () => {
      const ranges: [Range, Range] = [whole("x", tensor), whole("y", y)];
      const common = { map: upsampling.output, dtype };
      const windows = windowsUnder(upsampling, map);
      const around = windows && aroundWindows(upsampling.output, windows);
      if (windows && around?.blocks && !upsampling.linear) {
        const over = overWindows(upsampling.output, windows);
        const [dy, dx] = ranges;
        return averageBackward({ ...common, output: map, over, around, rule: averageRule(1, false), dy, dx });
      }
      const weighted = windows && upsampling.linear && weightsUnder(upsampling, map, windows);
      if (weighted) return { steps: [weightedSpread({ ...common, weighted, pooled: map, ranges })] };
      const to = inLanes(upsampling.output);
      const lanes = laneParts(map, dtype);
      const runs = runsOf(to);
      const threads = (elementsOf(to) / to.size[2]) * runs;
      const step: Step<string> = dispatch({
        shaders: [...lanes.shaders, stepsShader, upsampledShader, poolShader, upsampleShader],
        constants: { ...mapConstants(map), ...cornerConstants(upsampling), LONG: isLong(upsampling) },
        aliases: lanes.aliases,
        ranges,
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
export function upsampleBackward(dy: Tensor, options: UpsampleBackwardOptions): Tensor {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const upsampling = upsamplingOf(map, options);
  const y = { shape: shapeOf(upsampling.output), layout, dtype };
  const gradient = checkLike("dy", dy, y, "the result of this upsampling");
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "upsampleBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: upsampling,
    recipe: () => {
      const { output, linear } = upsampling;
      const windows = windowsUnder(upsampling, map);
      const weighted = windows && linear && weightsUnder(upsampling, map, windows);
      if (weighted) {
        const ranges: [Range, Range] = [whole("dy", gradient), whole("dx", dx)];
        return { steps: [weightedSums({ weighted, pooled: map, map: output, dtype, ranges })] };
      }
      const axes = windows && !linear ? overWindows(output, windows) : overUpsampled(upsampling, map.size);
      return reduction({
        ...{ input: output, output: map, dtype, axes, rule: linear ? linearRule(upsampling) : averageRule(1, false) },
        ...{ x: whole("dy", gradient), results: [whole("dx", dx)] },
      });
    },
  }).dx;
}

/**
 * Each value at the first cell of a window of `kernelSize` cells, with zeros around.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, `kernelSize` times as large along the axes
 * @throws ConvError naming the argument that does not fit
 */
export function bedOfNails(x: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { tensor, map: nails } = checkMap("x", x);
  const { bed, windows } = bedOf(nails, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(bed), layout, dtype };
  return run({
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
export function bedOfNailsBackward(dy: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { tensor: gradient, map: bed } = checkMap("dy", dy);
  const { nails, windows } = bedUnder(bed, options);
  const { layout, dtype } = gradient;
  const dx = { shape: shapeOf(nails), layout, dtype };
  return run({
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

/** The outputs that each cell is part of as windows, where they are: those of whole factors, with corners that are not aligned. */
function windowsUnder({ linear, output, places }: Upsampling, { size }: FeatureMap): Windows | undefined {
  const factors: number[] = [];
  for (const [axis, { scale, shift, unit }] of places.entries()) {
    const factor = output.size[axis]! / size[axis]!;
    if (!Number.isInteger(factor) || scale * factor !== unit) return undefined;
    if (2 * factor * shift !== (linear ? unit * (1 - factor) : 0)) return undefined;
    factors.push(factor);
  }
  const stride = toTriple(factors, 1);
  // Linear: the outputs whose places, (o + 1/2) / factor - 1/2, are less than 1 from the cell.
  const kernel = linear
    ? toTriple(
        factors.map((factor) => 2 * factor - (factor % 2)),
        1,
      )
    : stride;
  const pad = linear
    ? toTriple(
        factors.map((factor) => Math.floor(factor / 2)),
        0,
      )
    : toTriple([0, 0, 0], 0);
  return { kernel, stride, dilation: [1, 1, 1], padBegin: pad, padEnd: pad, output: size };
}

/** How much cells weigh in these outputs, of which those beyond the ends are all of the cells there. */
function weightsUnder({ output }: Upsampling, { size }: FeatureMap, windows: Windows): WeightedWindows | undefined {
  return weightedWindows(output, windows, (axis, cell) => {
    const factor = windows.stride[axis];
    return Array.from({ length: windows.kernel[axis] }, (_, tap) => {
      const at = cell * factor + tap - windows.padBegin[axis];
      if (at < 0 || at >= output.size[axis]) return 0;
      const place = Math.min(Math.max((at + 0.5) / factor - 0.5, 0), size[axis] - 1);
      return Math.max(0, 1 - Math.abs(place - cell));
    });
  });
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
    shaders: [windowsShader, upsampledShader, overUpsampledShader],
    words: placeWords(upsampling),
    constants: { LINEAR: upsampling.linear },
    cells: elementCount(most),
  };
}

function linearRule(upsampling: Upsampling): Rule {
  return { shaders: [linearShader], words: [], constants: cornerConstants(upsampling), kept: 1 };
}
