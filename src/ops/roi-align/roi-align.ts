// Region alignment (He et al., Mask R-CNN, 2017, section 3), by the rules of torchvision and ONNX, and its gradient.
// Weights of cells in bins are products of those along the axes, which small kernels compute once for all channels.
import alignMaxShader from "../../../shaders/ops/roi-align/align-max.wgsl";
import alignShader from "../../../shaders/ops/roi-align/align.wgsl";
import inputGradientShader from "../../../shaders/ops/roi-align/input-gradient.wgsl";
import listRegionsShader from "../../../shaders/ops/roi-align/list-regions.wgsl";
import mapsShader from "../../../shaders/ops/roi-align/maps.wgsl";
import regionsShader from "../../../shaders/ops/roi-align/regions.wgsl";
import tablesShader from "../../../shaders/ops/roi-align/tables.wgsl";
import boundedShader from "../../../shaders/ops/shared/bounded.wgsl";
import { type TensorDtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, type ThreadDispatch, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { fillZeros } from "../shared/copy.ts";
import { checkLike, checkMap, describeMap, mapConstants } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf, mapOfShape } from "../shared/geometry/feature-map.ts";
import { FEW_THREADS } from "../shared/pool-kernel.ts";
import {
  ROI_ALIGN_KEYS,
  type RoiAlignBackwardOptions,
  type RoiAlignOptions,
  type RoiAlignment,
  roiAlignmentOf,
} from "./geometry.ts";

/** What kernels need that read regions themselves. */
const REGIONS = [boundedShader, regionsShader];

/** Channels that an invocation computes: they share weights. The first that keeps a GPU busy. */
const RUNS = [16, 8, 4];

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
      const ranges = [whole("x", x), whole("y", y)];
      const aligning = { map, alignment, regions, aliases: aliasesOf(x, rois, batchIndices) };
      const { output } = alignment;
      if (alignment.max)
        return { steps: [channelStep(aligning, output, [...REGIONS, alignMaxShader], [...regions, ...ranges])] };
      const workspace = new Workspace();
      const { table, step } = tablesStep(aligning, workspace, false);
      const align = channelStep(aligning, output, [alignShader], [table, ...ranges]);
      return { steps: [step, align], workspaceBytes: workspace.bytes };
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
      const aligning = { map, alignment, regions, aliases: aliasesOf(dy, rois, batchIndices) };
      const workspace = new Workspace();
      const { table, step } = tablesStep(aligning, workspace, true);
      const lines = map.N * map.size[1];
      const lists = workspace.numbers(lines * (alignment.output.N + 1));
      const list = alignStep(aligning, {
        ...{ shaders: [listRegionsShader], constants: {}, runs: 1, threads: lines },
        ...{ ranges: [table, lists], readWrite: [1] },
      });
      const ranges = [table, lists, whole("dy", dy), whole("dx", dx)];
      const gradient = channelStep(aligning, map, [inputGradientShader], ranges);
      return { steps: [step, list, gradient], workspaceBytes: workspace.bytes };
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

/** The types of x or dy, of the regions and of their images. */
function aliasesOf(
  ...tensors: readonly [Tensor, Tensor, Tensor<TensorDtype>]
): Readonly<Record<"E" | "G" | "I", string>> {
  const [E, G, I] = tensors.map(({ dtype }) => elementTypes(dtype).one);
  return { E: E!, G: G!, I: I! };
}

/** What all kernels of an alignment depend on. */
interface Aligning {
  readonly map: FeatureMap;
  readonly alignment: RoiAlignment;
  readonly regions: readonly Range[];
  readonly aliases: Readonly<Record<string, string>>;
}

interface AlignKernel extends Pick<ThreadDispatch, "shaders" | "constants" | "ranges" | "readWrite" | "threads"> {
  readonly runs: number;
}

function alignStep(
  { map, alignment, aliases }: Aligning,
  { shaders, runs, constants, ...kernel }: AlignKernel,
): Step<string> {
  const { output, samplingRatio, scale, halfPixel } = alignment;
  return dispatch({
    ...kernel,
    shaders: [mapsShader, ...shaders],
    constants: { ...mapConstants(map), HALF_PIXEL: halfPixel, ...constants },
    aliases,
    uniforms: {
      ...{ images: map.N, channels: map.channels, runs, regions: output.N, samplingRatio, scale },
      ...{ height: map.size[1], width: map.size[2], rows: output.size[1], columns: output.size[2] },
    },
  });
}

/** A kernel that computes the channels of a map in runs. */
function channelStep(
  aligning: Aligning,
  of: FeatureMap,
  shaders: readonly Shader[],
  ranges: readonly Range[],
): Step<string> {
  const { channels } = of;
  const cells = elementsOf(of) / channels;
  const isBusy = (length: number): boolean => length <= channels && cells * Math.ceil(channels / length) >= FEW_THREADS;
  const RUN = RUNS.find(isBusy) ?? RUNS.at(-1)!;
  const runs = Math.ceil(channels / RUN);
  return alignStep(aligning, { shaders, constants: { RUN }, ranges, runs, threads: cells * runs });
}

/**
 * The step that computes the weights of rows and columns (shaders/ops/roi-align/tables.wgsl).
 * @param ofCells whether the bins of each cell are found too
 */
function tablesStep(aligning: Aligning, workspace: Workspace, ofCells: boolean): { table: Range; step: Step<string> } {
  const { map, alignment, regions } = aligning;
  const { N, size } = alignment.output;
  const [[, rows, columns], [, height, width]] = [size, map.size];
  const cells = ofCells ? height + width : 0;
  const table = workspace.numbers(N * (1 + rows * (height + 2) + columns * (width + 2) + 2 * cells));
  const step = alignStep(aligning, {
    ...{ shaders: [...REGIONS, tablesShader], constants: { CELLS: ofCells }, ranges: [...regions, table] },
    ...{ runs: 1, threads: N * (rows + columns + cells) },
  });
  return { table, step };
}
