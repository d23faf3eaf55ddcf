// Region alignment and its gradient, in float64 on the CPU.
import { refuse } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  type LayoutOptions,
  forEachElement,
  layoutOf,
  placeIn,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import {
  ROI_ALIGN_KEYS,
  type RoiAlignBackwardOptions,
  type RoiAlignOptions,
  type RoiAlignment,
  roiAlignmentOf,
} from "./geometry.ts";

/** The bins of regions: `roiAlign` of convoke/ops, in float64. */
export function roiAlign(
  x: NdArray,
  rois: NdArray,
  batchIndices: NdArray,
  options: RoiAlignOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, [...ROI_ALIGN_KEYS, "layout"]);
  const { map, data } = readMap("x", x, options);
  const regions = checkNdArray("rois", rois, [2]);
  const images = checkNdArray("batchIndices", batchIndices, [1]);
  const alignment = roiAlignmentOf(map, regions.shape, images.shape, options);
  const y = zeros(alignment.output);
  const seen = new Uint8Array(y.data.length);
  forEachTerm(map, alignment, regions.data, images.data, (index, cell, weight, share) => {
    const term = weight === 0 ? 0 : weight * data[cell]!;
    if (!alignment.max) y.data[index]! += term * share;
    else y.data[index] = seen[index] ? Math.max(y.data[index]!, term) : term;
    seen[index] = 1;
  });
  return writeMap(y);
}

/** The gradient of `roiAlign` with respect to its x. */
export function roiAlignBackward(
  dy: NdArray,
  rois: NdArray,
  batchIndices: NdArray,
  options: RoiAlignBackwardOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, [...ROI_ALIGN_KEYS, "layout", "inputShape"]);
  const dx = zeros(mapOfShape("inputShape", options.inputShape, layoutOf(options)));
  const regions = checkNdArray("rois", rois, [2]);
  const images = checkNdArray("batchIndices", batchIndices, [1]);
  const alignment = roiAlignmentOf(dx.map, regions.shape, images.shape, options);
  if (alignment.max) refuse("unsupported", "mode", "max", `"average"`);
  const gradient = readMap("dy", dy, options);
  checkShapeIs("dy", dy.shape, shapeOf(alignment.output));
  forEachTerm(dx.map, alignment, regions.data, images.data, (index, cell, weight, share) => {
    dx.data[cell]! += weight * share * gradient.data[index]!;
  });
  return writeMap(dx);
}

/** Calls back with every output and each cell of each of its samples, with its weight and the share of a sample in the mean. */
function forEachTerm(
  map: FeatureMap,
  { output, samplingRatio, scale, halfPixel }: RoiAlignment,
  rois: Float64Array,
  images: Float64Array,
  visit: (output: number, cell: number, weight: number, share: number) => void,
): void {
  const offset = halfPixel ? 0.5 : 0;
  const samplesOf = (region: number, axis: 1 | 2, bin: number): { cells: [number, number]; rest: number }[] => {
    const at = 4 * region + 2 - axis;
    const [start, end] = [rois[at]! * scale - offset, rois[at + 2]! * scale - offset];
    const size = halfPixel ? end - start : Math.max(end - start, 1);
    const width = size / output.size[axis];
    const last = map.size[axis] - 1;
    const count = Math.max(samplingRatio || Math.ceil(width), 0);
    return Array.from({ length: count }, (_, sample) => {
      const place = start + bin * width + ((sample + 0.5) * width) / count;
      const inside = last >= 0 && place >= -1 && place <= last + 1;
      const held = Math.min(Math.max(place, 0), last);
      const low = Math.floor(held);
      return { cells: [low, Math.min(low + 1, last)], rest: inside ? held - low : Number.NaN };
    });
  };
  forEachElement(output, (index, region, c, _depth, row, column) => {
    const image = images[region]!;
    if (!(image >= 0 && image < map.N)) return;
    const [down, along] = [samplesOf(region, 1, row), samplesOf(region, 2, column)];
    const share = 1 / Math.max(down.length * along.length, 1);
    for (const v of down)
      for (const h of along) {
        const outside = Number.isNaN(v.rest + h.rest);
        for (const i of [0, 1] as const)
          for (const j of [0, 1] as const) {
            const weight = (i ? v.rest : 1 - v.rest) * (j ? h.rest : 1 - h.rest);
            visit(index, placeIn(map, Math.floor(image), c, 0, v.cells[i], h.cells[j]), outside ? 0 : weight, share);
          }
      }
  });
}
