// The steps of CoordConv that compute with coordinates, which are never stored.
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import coordMergeShader from "../../../shaders/ops/coord-conv/coord-merge.wgsl";
import coordResidualShader from "../../../shaders/ops/coord-conv/coord-residual.wgsl";
import coordResponseShader from "../../../shaders/ops/coord-conv/coord-response.wgsl";
import coordWeightsShader from "../../../shaders/ops/coord-conv/coord-weights.wgsl";
import coordinatesShader from "../../../shaders/ops/coord-conv/coordinates.wgsl";
import firstChannelsShader from "../../../shaders/ops/coord-conv/first-channels.wgsl";
import noCoordResidualShader from "../../../shaders/ops/coord-conv/no-coord-residual.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { partsOf } from "../../kernel/levels.ts";
import { paddingSnippet } from "../../kernel/padding.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { forwardCorrelation, repeatsAgain } from "../../problem/correlation.ts";
import { mapConstants, mapUniforms } from "../shared/feature-map.ts";
import { partialSums, sumSteps } from "../shared/sum-parts.ts";
import type { Coordinates } from "./geometry.ts";

/** Output channels that an invocation computes with the same coordinates. */
const RUN = 8;

/** Cells that an invocation of coord-response.wgsl computes. */
const CELLS = 4;

/** Copies the weights of the input's channels out of w: reads w, writes inputWeights. */
export function inputWeightsRecipe(
  { problem, channels }: Coordinates,
  w: TensorDescription,
  inputWeights: TensorDescription,
): Recipe {
  const inner = innerWeights(problem);
  return {
    steps: [
      dispatch({
        shaders: [firstChannelsShader],
        aliases: { E: elementTypes(w.dtype).one },
        ranges: [whole("w", w), whole("inputWeights", inputWeights)],
        uniforms: { row: problem.C * inner, copied: (problem.C - channels) * inner },
        threads: elementCount(inputWeights.shape),
      }),
    ],
  };
}

/** Convolves the coordinates: reads w and residual, writes y. */
export function responseRecipe(
  coordinates: Coordinates,
  w: TensorDescription,
  y: TensorDescription,
  residual?: TensorDescription,
): Recipe {
  const { problem } = coordinates;
  const common = coordinateKernel(coordinates);
  return {
    steps: [
      dispatch({
        shaders: [...common.shaders, residual ? coordResidualShader : noCoordResidualShader, coordResponseShader],
        constants: common.constants,
        aliases: { E: elementTypes(w.dtype).one },
        ranges: [whole("w", w), ...(residual ? [whole("residual", residual)] : []), whole("y", y)],
        uniforms: { coordinates: common.uniforms },
        threads: Math.ceil(problem.K / RUN) * Math.ceil(elementCount(problem.output) / CELLS),
      }),
    ],
  };
}

/**
 * The gradient of w. Reads dinput, the gradient of the input's weights, and dsum, dy summed over the batch; writes dw.
 */
export function weightGradientRecipe(
  coordinates: Coordinates,
  { dinput, dsum, dw }: Readonly<Record<"dinput" | "dsum" | "dw", TensorDescription>>,
): Recipe {
  const { problem, channels } = coordinates;
  const common = coordinateKernel(coordinates);
  const taps = elementCount(problem.kernel);
  const long = { sums: problem.K * channels * taps, count: elementCount(problem.output) };
  const parts = partsOf(long.count);
  const workspace = new Workspace();
  const dcoordinates = workspace.numbers(long.sums);
  const partial = partialSums(workspace, long);
  return {
    steps: [
      dispatch({
        shaders: [...common.shaders, coordWeightsShader],
        constants: common.constants,
        aliases: { E: "f32" },
        ranges: [whole("dsum", dsum), partial],
        uniforms: { coordinates: common.uniforms, parts, count: long.count },
        threads: Math.ceil(problem.K / RUN) * taps * parts,
      }),
      ...sumSteps(workspace, long, partial, dcoordinates, "f32"),
      dispatch({
        shaders: [coordMergeShader],
        aliases: { E: elementTypes(dw.dtype).one },
        ranges: [whole("dinput", dinput), dcoordinates, whole("dw", dw)],
        uniforms: { inner: innerWeights(problem), channels: problem.C, coordinates: channels },
        threads: elementCount(dw.shape),
      }),
    ],
    workspaceBytes: workspace.bytes,
  };
}

/** Distance in w between the weights of neighbouring input channels. */
function innerWeights({ layout, kernel, K }: Coordinates["problem"]): number {
  return layout === "channels-first" ? elementCount(kernel) : K;
}

/** The shaders, constants and uniforms of every kernel that computes coordinates. */
function coordinateKernel({ problem, channels, radius }: Coordinates) {
  const { N, C, K, rank, layout, input, output, kernel, paddingMode, paddingValue, flipped } = problem;
  const x = { N, channels: C, size: input, rank, layout };
  const padding = paddingSnippet(paddingMode, repeatsAgain(forwardCorrelation(problem)));
  return {
    shaders: [featureMapShader, padding.shader, coordinatesShader],
    constants: {
      ...mapConstants(x),
      ...padding.constants,
      ...{ PADDING_VALUE: { f32: paddingValue }, FLIPPED: flipped, RADIUS: radius, RUN },
    },
    uniforms: {
      input: mapUniforms(x),
      output: mapUniforms({ ...x, channels: K, size: output }),
      batch: N,
      channels,
      ...alongAxes("kernel", kernel),
      ...alongAxes("stride", problem.stride),
      ...alongAxes("dilation", problem.dilation),
      ...alongAxes("begin", problem.padBegin),
    },
  };
}
