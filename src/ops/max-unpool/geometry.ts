// The map that max unpooling computes, and the windows on it.
import { refuse } from "../../base/error.ts";
import { dilatedExtent, toTriple } from "../../base/shape.ts";
import { checkPerAxis } from "../../base/validate.ts";
import { resolvePadding } from "../../problem/padding.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import type { IndexingOption } from "../shared/geometry/indices.ts";
import { WINDOW_KEYS, type WindowOptions, type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";

/** The windows of the pooling that is undone. */
export interface MaxUnpoolOptions extends WindowOptions, IndexingOption {
  /**
   * The shape of the result, on which there must be as many windows as x has cells. By default the smallest such shape,
   * (size - 1) stride - padding + kernelSize along each axis, as in PyTorch.
   */
  outputShape?: readonly number[];
}

export const MAX_UNPOOL_KEYS = [...WINDOW_KEYS, "indexing", "outputShape"] as const;

/**
 * The map that a pooled map is unpooled to, and its windows.
 * @throws ConvError naming the invalid option
 */
export function unpooled(x: FeatureMap, options: MaxUnpoolOptions): { map: FeatureMap; windows: Windows } {
  const { outputShape } = options;
  const map = outputShape === undefined ? smallest(x, options) : mapOfShape("outputShape", outputShape, x.layout);
  if (map.rank !== x.rank)
    refuse("shape-mismatch", "outputShape", outputShape, `${x.rank + 2} sizes, as many as x has`);
  const windows = windowsOf(map, options, true);
  const wanted = shapeOf(pooled(map, windows));
  if (wanted.join() !== shapeOf(x).join())
    refuse("shape-mismatch", "outputShape", shapeOf(map), `one with windows [${shapeOf(x).join(", ")}], as x has`);
  return { map, windows };
}

/** The smallest map with one window for each cell of x. */
function smallest(x: FeatureMap, options: MaxUnpoolOptions): FeatureMap {
  const cells = x.size.slice(3 - x.rank);
  if (options.padding === "same" || options.padding === "same-lower")
    refuse("invalid-argument", "padding", options.padding, `numbers or "valid" where there is no outputShape`);
  const kernel = checkPerAxis("kernelSize", options.kernelSize, x.rank, 1);
  const stride = options.stride === undefined ? kernel : checkPerAxis("stride", options.stride, x.rank, 1);
  const dilation = checkPerAxis("dilation", options.dilation ?? 1, x.rank, 1);
  const pads = resolvePadding(options.padding, cells, kernel, stride, dilation);
  const size = cells.map((windows, axis) => {
    const [begin, end] = pads[axis]!;
    const extent = dilatedExtent(kernel[axis]!, dilation[axis]!);
    const made = (windows - 1) * stride[axis]! + extent - begin - end;
    if (made < 1)
      refuse("invalid-argument", `padding (spatial axis ${axis})`, [begin, end], "less: no cell of the result is left");
    return made;
  });
  return mapOfShape("outputShape", shapeOf({ ...x, size: toTriple(size, 1) }), x.layout);
}
