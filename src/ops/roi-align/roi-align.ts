// Region alignment (He et al., Mask R-CNN, 2017, section 3), by the rules of torchvision and ONNX, and its gradient.
import alignShader from "../../../shaders/ops/roi-align/align.wgsl";
import inputGradientShader from "../../../shaders/ops/roi-align/input-gradient.wgsl";
import regionsShader from "../../../shaders/ops/roi-align/regions.wgsl";
import boundedShader from "../../../shaders/ops/shared/bounded.wgsl";
import { type TensorDtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import { fillZeros } from "../shared/copy.ts";
import { checkLike, checkMap, describeMap, mapConstants } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf, mapOfShape } from "../shared/geometry/feature-map.ts";
import {
  ROI_ALIGN_KEYS,
  type RoiAlignBackwardOptions,
  type RoiAlignOptions,
  type RoiAlignment,
  roiAlignmentOf,
} from "./geometry.ts";

/** Channels that an invocation computes: they share the samples of a bin. */
const RUN = 4;

/**
 * The bins of regions of a map, each the mean of samples that are interpolated between cells, as torchvision's `roi_align` and ONNX's
 * RoiAlign. Samples more than a cell beyond the border are 0, and so are regions of an image that x does not have.
 *
 * @param x [N, C, H, W], or [N, H, W, C]
 * @param rois [regions, 4]: x and y of the first corner, then of the last; "f32", or the element type of x
 * @param batchIndices [regions], the image of each: "u32" or floats
 * @returns a new tensor [regions, C, P, Q], or [regions, P, Q, C]
 * @throws ConvError naming the invalid argument; `unsupported` for 1-D and 3-D maps
 * @example
 * const y = roiAlign(x, rois, batchIndices, { outputSize: 7, spatialScale: 1 / 16 });
 */
export function roiAlign(
  x: Tensor,
  rois: Tensor,
  batchIndices: Tensor | Tensor<"u32">,
  options: RoiAlignOptions,
): Tensor {
  checkOptions("options", options, ROI_ALIGN_KEYS);
  const { map } = checkMap("x", x);
  const regions = checkRegions(x, rois, batchIndices);
  const alignment = roiAlignmentOf(map, rois.shape, batchIndices.shape, options);
  const y = describeMap(alignment.output, x.dtype);
  return run({
    name: "roiAlign",
    inputs: { x, rois, batchIndices },
    results: { y },
    parameters: alignment,
    recipe: () => {
      if (x.size === 0) return { steps: [fillZeros(y, whole("y", y))] };
      const read = [...regions, whole("x", x), whole("y", y)];
      return {
        steps: [
          alignStep(map, alignment, { shader: alignShader, ranges: read, of: alignment.output, rois, x, batchIndices }),
        ],
      };
    },
  }).y;
}

/**
 * The gradient of `roiAlign` with respect to its x, of mode "average".
 *
 * @param dy the gradient of its result
 * @param options the options of the call, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument; `unsupported` for mode "max"
 * @example
 * const dx = roiAlignBackward(dy, rois, batchIndices, { outputSize: 7, inputShape: x.shape });
 */
export function roiAlignBackward(
  dy: Tensor,
  rois: Tensor,
  batchIndices: Tensor | Tensor<"u32">,
  options: RoiAlignBackwardOptions,
): Tensor {
  checkOptions("options", options, [...ROI_ALIGN_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const regions = checkRegions(dy, rois, batchIndices);
  const alignment = roiAlignmentOf(map, rois.shape, batchIndices.shape, options);
  if (alignment.max) refuse("unsupported", "mode", "max", `"average"`);
  checkLike("dy", dy, describeMap(alignment.output, dtype), "the result of this alignment");
  const dx = describeMap(map, dtype);
  return run({
    name: "roiAlignBackward",
    inputs: { dy, rois, batchIndices },
    results: { dx },
    parameters: alignment,
    recipe: () => {
      if (dy.size === 0) return { steps: [fillZeros(dx, whole("dx", dx))] };
      const read = [...regions, whole("dy", dy), whole("dx", dx)];
      return {
        steps: [
          alignStep(map, alignment, { shader: inputGradientShader, ranges: read, of: map, rois, x: dy, batchIndices }),
        ],
      };
    },
  }).dx;
}

function checkRegions(x: Tensor, rois: Tensor, batchIndices: Tensor<TensorDtype>): Range[] {
  const { dtype } = checkTensor("rois", rois);
  if (dtype !== "f32" && dtype !== x.dtype)
    refuse("shape-mismatch", "rois.dtype", dtype, `"f32", or "${x.dtype}" as x`);
  checkAnyTensor("batchIndices", batchIndices);
  return [whole("rois", rois), whole("batchIndices", batchIndices)];
}

interface AlignKernel {
  readonly shader: Shader;
  readonly ranges: readonly Range[];
  /** The map that is computed. */
  readonly of: FeatureMap;
  readonly x: Tensor;
  readonly rois: Tensor;
  readonly batchIndices: Tensor<TensorDtype>;
}

function alignStep(
  map: FeatureMap,
  { output, samplingRatio, scale, max, halfPixel }: RoiAlignment,
  { shader, ranges, of, x, rois, batchIndices }: AlignKernel,
): Step<string> {
  const runs = Math.ceil(map.channels / RUN);
  const type = ({ dtype }: Tensor<TensorDtype>): string => elementTypes(dtype).one;
  return dispatch({
    shaders: [boundedShader, regionsShader, shader],
    constants: { ...mapConstants(map), HALF_PIXEL: halfPixel, RUN, MAX: max },
    aliases: { E: type(x), G: type(rois), I: type(batchIndices) },
    ranges,
    uniforms: {
      ...{ images: map.N, channels: map.channels, runs, regions: output.N, samplingRatio, scale },
      ...{ height: map.size[1], width: map.size[2], rows: output.size[1], columns: output.size[2] },
    },
    threads: (elementsOf(of) / map.channels) * runs,
  });
}
