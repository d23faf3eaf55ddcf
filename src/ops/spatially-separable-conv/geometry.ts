// Spatially separable convolution: one pass with a 1-D kernel along each axis. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import type { Triple } from "../../base/shape.ts";
import { type ConvProblem, convProblem } from "../../problem/problem.ts";
import { type FeatureMap, shapeOf } from "../shared/geometry/feature-map.ts";
import type { UngroupedOptions } from "../shared/geometry/ungrouped.ts";

/**
 * Each pass pads its own axis. `paddingValue` is left out: with a constant other than 0 the passes would not equal the 2-D convolution,
 * because the sums beyond the border are not that constant.
 */
export type SpatiallySeparableOptions = Omit<UngroupedOptions, "paddingValue">;

export const SPATIALLY_SEPARABLE_KEYS = ["stride", "dilation", "padding", "paddingMode", "mode"] as const;

/** A pass along one axis, from one feature map to the next. */
export interface AxisPass {
  /** 0 depth, 1 height, 2 width. */
  readonly axis: 0 | 1 | 2;
  readonly from: FeatureMap;
  readonly to: FeatureMap;
  /** Whether each channel has its own kernel. */
  readonly perChannel: boolean;
}

/** All passes, and the 2-D (or 1-D, 3-D) depthwise convolution that they equal. */
export interface AxisPasses {
  readonly problem: ConvProblem;
  readonly passes: readonly AxisPass[];
}

/**
 * The passes over a feature map, in the order of its axes.
 * @param kernels the shape of the kernel of each spatial axis: [cells] for all channels, or [C, cells], channels last [cells, C]
 * @throws ConvError naming the invalid argument
 */
export function axisPassesOf(
  map: FeatureMap,
  kernels: readonly (readonly number[])[],
  options: SpatiallySeparableOptions,
): AxisPasses {
  const { rank, channels, layout } = map;
  if (kernels.length !== rank)
    refuse("shape-mismatch", "kernels.length", kernels.length, `${rank}, one for each spatial axis`);
  const last = layout === "channels-last";
  const cells = kernels.map((shape, at) => {
    if (shape.length === 1) return shape[0]!;
    const [C, size] = last ? [shape[1], shape[0]] : shape;
    if (shape.length !== 2 || C !== channels)
      refuse(
        "shape-mismatch",
        `kernels[${at}].shape`,
        shape,
        `[cells], or ${last ? `[cells, ${channels}]` : `[${channels}, cells]`} with one for each channel`,
      );
    return size!;
  });
  const problem = convProblem(
    "forward",
    {
      ...options,
      ...{ layout, groups: channels, inputShape: shapeOf(map) },
      kernelShape: last ? [...cells, 1, channels] : [channels, 1, ...cells],
    },
    { input: "x.shape", kernel: "kernels" },
  );
  let from = map;
  const passes = kernels.map((shape, at): AxisPass => {
    const axis = (3 - rank + at) as 0 | 1 | 2;
    const size = from.size.map((one, other) => (other === axis ? problem.output[axis] : one)) as unknown as Triple;
    const pass = { axis, from, to: { ...from, size }, perChannel: shape.length === 2 };
    from = pass.to;
    return pass;
  });
  return { problem, passes };
}
