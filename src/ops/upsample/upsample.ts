// Upsampling, nearest and linear, and its gradient.
import stepsShader from "../../../shaders/ops/shared/pool/steps.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import linearShader from "../../../shaders/ops/upsample/linear.wgsl";
import overOutputsShader from "../../../shaders/ops/upsample/over-outputs.wgsl";
import placesShader from "../../../shaders/ops/upsample/places.wgsl";
import upsampleShader from "../../../shaders/ops/upsample/upsample.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import { elementCount, toTriple } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import { type FeatureMap, mapOfShape } from "../shared/geometry/feature-map.ts";
import type { Windows } from "../shared/geometry/windows.ts";
import { aroundWindows } from "../shared/pool-gradient.ts";
import { LONG_AXIS, eachAxis, inLanes, poolStep, rowThreadsOf } from "../shared/pool-kernel.ts";
import { type OutputRegions, type ReductionRule, overWindows, reduction } from "../shared/pool-reduction.ts";
import { type WeightedWindows, weightedSums, weightedTranspose, weightedWindows } from "../shared/pool-weights.ts";
import {
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  type Upsampling,
  upsamplingOf,
} from "./geometry.ts";

/**
 * Resizes a map: each output is the cell at its place or, with mode "linear", interpolated between the cells around it. As PyTorch's
 * `interpolate` with the modes nearest, linear, bilinear and trilinear; places are exact, not rounded to floats.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, larger or smaller along the spatial axes
 * @throws ConvError naming the invalid argument
 * @example
 * const y = upsample(x, { scale: 2, mode: "linear" });
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  checkOptions("options", options, UPSAMPLE_KEYS);
  const { map } = checkMap("x", x);
  const upsampling = upsamplingOf(map, options);
  const { linear, output } = upsampling;
  const { dtype } = x;
  const y = describeMap(output, dtype);
  return run({
    name: "upsample",
    inputs: { x },
    results: { y },
    parameters: upsampling,
    recipe: (): Recipe => {
      const ranges: readonly [Range, Range] = [whole("x", x), whole("y", y)];
      const windows = windowsUnder(upsampling, map);
      const around = windows && aroundWindows(output, windows);
      if (windows && around?.blocks && !linear) {
        const [dy, dx] = ranges;
        const over = overWindows(output, windows);
        return averageBackward({ output: map, map: output, dtype, over, around, divisor: 1, dy, dx });
      }
      const weighted = windows && linear && weightsUnder(upsampling, map, windows);
      if (weighted) return { steps: [weightedTranspose({ weighted, pooled: map, map: output, dtype, ranges })] };
      const { threads, rowThreads } = rowThreadsOf(inLanes(output));
      const step = poolStep({
        ...{ input: map, output, dtype, ranges, threads, threadLayout: { rowThreads } },
        regions: { shaders: [stepsShader, placesShader], uniforms: placeUniforms(upsampling) },
        rule: { shaders: [], uniforms: {} },
        shaders: [upsampleShader],
        constants: { ...cornerConstants(upsampling), LONG: isLong(upsampling) },
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * The gradient of `upsample` with respect to its x.
 *
 * @param dy the gradient of the upsampling's result
 * @param options the options of the upsampling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = upsampleBackward(dy, { scale: 2, inputShape: x.shape });
 */
export function upsampleBackward(dy: Tensor, options: UpsampleBackwardOptions): Tensor {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const upsampling = upsamplingOf(map, options);
  const { output, linear } = upsampling;
  checkLike("dy", dy, describeMap(output, dtype), "the result of this upsampling");
  const dx = describeMap(map, dtype);
  return run({
    name: "upsampleBackward",
    inputs: { dy },
    results: { dx },
    parameters: upsampling,
    recipe: (): Recipe => {
      const ranges: readonly [Range, Range] = [whole("dy", dy), whole("dx", dx)];
      const windows = windowsUnder(upsampling, map);
      const weighted = windows && linear && weightsUnder(upsampling, map, windows);
      if (weighted) return { steps: [weightedSums({ weighted, pooled: map, map: output, dtype, ranges })] };
      return reduction({
        ...{ input: output, output: map, dtype, x: ranges[0], results: [ranges[1]] },
        regions: windows && !linear ? overWindows(output, windows) : overOutputs(upsampling, map),
        rule: linear ? linearRule(upsampling) : averageRule(1),
      });
    },
  }).dx;
}

/**
 * The outputs that each cell contributes to, as windows on the output; undefined unless all factors are integers and corners are not
 * aligned.
 */
function windowsUnder({ linear, output, places }: Upsampling, { size }: FeatureMap): Windows | undefined {
  const factors: number[] = [];
  for (const [axis, { scale, shift, unit }] of places.entries()) {
    const factor = output.size[axis]! / size[axis]!;
    if (!Number.isInteger(factor) || scale * factor !== unit) return undefined;
    if (2 * factor * shift !== (linear ? unit * (1 - factor) : 0)) return undefined;
    factors.push(factor);
  }
  const stride = toTriple(factors, 1);
  // Linear: the outputs whose places, (o + 1/2) / factor - 1/2, are less than 1 away from the cell.
  const kernel = linear ? eachAxis((axis) => 2 * stride[axis] - (stride[axis] % 2)) : stride;
  const pad = eachAxis((axis) => (linear ? Math.floor(stride[axis] / 2) : 0));
  return { kernel, stride, dilation: [1, 1, 1], padBegin: pad, padEnd: pad, output: size };
}

/** The weight of each cell in the outputs of its window. Outputs beyond the ends depend on the end cell alone. */
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

/** Cells along each axis that an output is computed from. */
function cornerConstants({ linear, output }: Upsampling): Readonly<Record<string, number>> {
  return alongAxes(
    "CORNERS_",
    eachAxis((axis) => (linear && axis >= 3 - output.rank ? 2 : 1)),
  );
}

/** Whether places are too large to be divided in float32 by shaders. */
function isLong({ output, places }: Upsampling): boolean {
  return places.some(({ scale, shift }, axis) => scale * output.size[axis]! + Math.abs(shift) >= LONG_AXIS);
}

/** The uniforms of the struct Regions of shaders/ops/upsample/places.wgsl. */
function placeUniforms({ places }: Upsampling): Uniforms {
  return {
    ...alongAxes(
      "scale",
      eachAxis((axis) => places[axis].scale),
    ),
    ...alongAxes(
      "shift",
      eachAxis((axis) => places[axis].shift),
    ),
    ...alongAxes(
      "unit",
      eachAxis((axis) => places[axis].unit),
    ),
  };
}

/** The outputs that each cell contributes to. */
function overOutputs(upsampling: Upsampling, input: FeatureMap): OutputRegions {
  const most = upsampling.output.size.map((outputs, axis) =>
    Math.min(outputs, Math.ceil((2 * outputs) / input.size[axis]!) + 1),
  );
  return {
    shaders: [windowsShader, placesShader, overOutputsShader],
    uniforms: placeUniforms(upsampling),
    constants: { LINEAR: upsampling.linear },
    cells: elementCount(most),
  };
}

function linearRule(upsampling: Upsampling): ReductionRule {
  return { shaders: [linearShader], uniforms: {}, constants: cornerConstants(upsampling), stateSize: 1 };
}
