// Sampling at places that are data.
import { type OnnxOperator, operator } from "../../lowering.ts";
import { kernelOf, paddingOf } from "../convolution.ts";

const GRID_MODES: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

const GridSample = operator(
  [2, 2],
  {
    align_corners: 0,
    mode: ["linear", "bilinear", "nearest", "cubic", "bicubic"],
    padding_mode: ["zeros", "border", "reflection"],
  },
  (node) => {
    const { align_corners, mode, padding_mode: paddingMode } = node.attributes;
    const options = { mode: GRID_MODES[mode] ?? mode, paddingMode, alignCorners: align_corners !== 0 };
    return node.call("gridSample", { x: node.input(0), grid: node.input(1) }, options);
  },
);

/** Before opset 16 regions were not moved by half a cell. */
const RoiAlign = operator(
  [3, 3],
  {
    coordinate_transformation_mode: ["", "half_pixel", "output_half_pixel"],
    mode: ["avg", "max"],
    output_height: 1,
    output_width: 1,
    sampling_ratio: 0,
    spatial_scale: 1,
  },
  (node) => {
    const { coordinate_transformation_mode: place, mode, output_height, output_width, ...rest } = node.attributes;
    const isHalf = place === "half_pixel" || (place === "" && node.opset >= 16);
    return node.call(
      "roiAlign",
      { x: node.input(0), rois: node.input(1), batchIndices: node.input(2) },
      {
        outputSize: [output_height, output_width],
        ...{ samplingRatio: rest.sampling_ratio, spatialScale: rest.spatial_scale },
        mode: mode === "avg" ? "average" : "max",
        coordinates: isHalf ? "half-pixel" : "output-half-pixel",
      },
      { dtypes: { batchIndices: "u32" } },
    );
  },
);

const DeformConv = operator(
  [3, 5],
  { dilations: "numbers", group: 1, kernel_shape: "numbers", offset_group: 1, pads: "numbers", strides: "numbers" },
  (node) => {
    const [x, w, offset, bias, mask] = [node.input(0), node.input(1), node.input(2), node.inputs[3], node.inputs[4]];
    const { dilations: dilation = 1, strides: stride = 1, group: groups, offset_group: offsetGroups } = node.attributes;
    const { length: rank } = kernelOf(node, w, node.attributes.kernel_shape);
    const padding = paddingOf(node, rank);
    const y = node.call("deformableConv", { x, w, offset, mask }, { stride, dilation, padding, groups, offsetGroups });
    if (!bias) return y;
    return node.call("add", {
      a: y,
      b: node.reshaped(bias, [bias.shape[0]!, ...kernelOf(node, w, undefined).map(() => 1)]),
    });
  },
);

export const sampling: Readonly<Record<string, OnnxOperator>> = { DeformConv, GridSample, RoiAlign };
