// Sampling a map at the places of a grid (Jaderberg et al., Spatial Transformer Networks, 2015, section 3.3), and its gradients. The
// gradient of x gathers, without atomics: samples are sorted by the cell at their place, and each cell of x then finds the samples that read it
// as one contiguous run for each neighbouring row.
import gridGradientShader from "../../../shaders/ops/grid-sample/grid-gradient.wgsl";
import inputGradientShader from "../../../shaders/ops/grid-sample/input-gradient.wgsl";
import keysShader from "../../../shaders/ops/grid-sample/keys.wgsl";
import sampleShader from "../../../shaders/ops/grid-sample/sample.wgsl";
import tapsShader from "../../../shaders/ops/grid-sample/taps.wgsl";
import boundedShader from "../../../shaders/ops/shared/bounded.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { fillZeros } from "../shared/copy.ts";
import { checkLike, checkMap, describeMap, mapConstants } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import { FEW_THREADS } from "../shared/pool-kernel.ts";
import { sortSteps, startsStep } from "../shared/sort.ts";
import { GRID_SAMPLE_KEYS, type GridSampleOptions, type GridSampling, gridSamplingOf } from "./geometry.ts";

/** Channels that an invocation computes: they share the place of a sample. */
const RUN = 8;

/** Channels of the gradient that one computes, if a GPU stays busy: they share the weights of all samples around a cell. */
const GRADIENT_RUN = 16;

/** Cells before and after the map that samples are sorted by, MARGIN in the shaders. */
const MARGIN = 3;

const TAPS = { nearest: 1, linear: 2, cubic: 4 };
const PADDINGS = { zeros: 0, border: 1, reflection: 2 };

/** The gradients of `gridSample`, each shaped like its tensor. */
export interface GridSampleGradients {
  dx: Tensor;
  dgrid: Tensor;
}

/**
 * Samples a map at the places of a grid, as PyTorch's `grid_sample` and ONNX's GridSample. Coordinates run from -1 to 1 along each axis, x
 * before y (before z). A coordinate that is not a number lies before the border.
 *
 * @param x [N, C, H, W] or [N, H, W, C], or with a depth before the height
 * @param grid [N, P, Q, 2] in both layouts, or [N, O, P, Q, 3]: "f32", or the element type of x
 * @returns a new tensor [N, C, P, Q] in the layout of x
 * @throws ConvError naming the invalid argument; `unsupported` for 1-D maps, and for "cubic" of 3-D ones
 * @example
 * const y = gridSample(x, grid, { paddingMode: "border" });
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const { map, sampling } = check(x, grid, options);
  const { dtype } = x;
  const y = describeMap(sampling.output, dtype);
  return run({
    name: "gridSample",
    inputs: { x, grid },
    results: { y },
    parameters: sampling,
    recipe: () => {
      const runs = Math.ceil(map.channels / RUN);
      const threads = map.N * elementCount(sampling.output.size) * runs;
      const ranges = [whole("grid", grid), whole("x", x), whole("y", y)];
      return {
        steps: [samplingStep(map, sampling, { shader: sampleShader, dtypes: [dtype, grid.dtype], ranges, threads })],
      };
    },
  }).y;
}

/**
 * The gradients of `gridSample`. The derivative by a coordinate is 0 where it is beyond the border, and with mode "nearest".
 *
 * @param dy the gradient of its result
 * @param x its input
 * @param grid its grid
 * @returns new tensors in the shapes of x and grid
 * @throws ConvError naming the invalid argument
 * @example
 * const { dx, dgrid } = gridSampleBackward(dy, x, grid, { paddingMode: "border" });
 */
export function gridSampleBackward(
  dy: Tensor,
  x: Tensor,
  grid: Tensor,
  options: GridSampleOptions = {},
): GridSampleGradients {
  const { map, sampling } = check(x, grid, options);
  checkLike("dy", dy, describeMap(sampling.output, x.dtype), "the result of this sampling");
  const { layout, dtype } = x;
  return run({
    name: "gridSampleBackward",
    inputs: { dy, x, grid },
    results: {
      dx: { shape: x.shape, layout, dtype },
      dgrid: { shape: grid.shape, layout: grid.layout, dtype: grid.dtype },
    },
    parameters: sampling,
    recipe: () => gradientRecipe(map, sampling, { dy, x, grid }),
  });
}

function check(x: Tensor, grid: Tensor, options: GridSampleOptions): { map: FeatureMap; sampling: GridSampling } {
  checkOptions("options", options, GRID_SAMPLE_KEYS);
  const { map, tensor } = checkMap("x", x);
  const { shape, dtype } = checkTensor("grid", grid);
  if (dtype !== "f32" && dtype !== tensor.dtype)
    refuse("shape-mismatch", "grid.dtype", dtype, `"f32", or "${tensor.dtype}" as x`);
  return { map, sampling: gridSamplingOf(map, shape, options) };
}

function gradientRecipe(
  map: FeatureMap,
  sampling: GridSampling,
  { dy, x, grid }: Readonly<Record<"dy" | "x" | "grid", Tensor>>,
): Recipe {
  if (dy.size === 0) return { steps: [fillZeros(x, whole("dx", x)), fillZeros(grid, whole("dgrid", grid))] };
  const { N, size, rank, channels } = map;
  const { mode, padding, output } = sampling;
  const workspace = new Workspace();
  const samples = elementCount(output.size);
  const keyCount = elementCount(size.slice(3 - rank).map((cells) => cells + 2 * MARGIN));
  const [keys, order] = [workspace.numbers(N * samples), workspace.numbers(N * samples)];
  const starts = workspace.numbers(N * (keyCount + 1));
  const dtypes = [x.dtype, grid.dtype] as const;
  const at = whole("grid", grid);
  const sorting = { segments: N, samples, keyCount, keys, order };
  const { steps, sorted } = sortSteps(workspace, sorting);
  // Reflected taps of "cubic" may be one cell further from the place of their sample.
  const [below, above] = { nearest: [0, 0], linear: [1, 0], cubic: padding === "reflection" ? [3, 2] : [2, 1] }[mode];
  const cells = elementsOf(map) / channels;
  const isLong = channels >= GRADIENT_RUN && cells * Math.ceil(channels / GRADIENT_RUN) >= FEW_THREADS / 2;
  const length = isLong ? GRADIENT_RUN : RUN;
  const gradient: Sampler = {
    ...{ shader: inputGradientShader, dtypes, run: length },
    ranges: [at, whole("dy", dy), starts, sorted, whole("dx", x)],
    constants: { BELOW: { i32: below! }, ABOVE: { i32: above! } },
    threads: cells * Math.ceil(channels / length),
  };
  const all = [
    samplingStep(map, sampling, {
      ...{ shader: gridGradientShader, dtypes, threads: N * samples },
      ranges: [at, whole("x", x), whole("dy", dy), whole("dgrid", grid)],
    }),
    samplingStep(map, sampling, { shader: keysShader, dtypes, ranges: [at, keys, order], threads: N * samples }),
    ...steps,
    startsStep(sorting, sorted, starts),
    samplingStep(map, sampling, gradient),
  ];
  return { steps: all, workspaceBytes: workspace.bytes };
}

interface Sampler {
  readonly shader: Shader;
  /** The element types of x and of the grid. */
  readonly dtypes: readonly [Dtype, Dtype];
  readonly ranges: readonly Range[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly threads: number;
  /** Channels that an invocation computes, RUN by default. */
  readonly run?: number;
}

/** The step of a kernel that computes the cells of samples. */
function samplingStep(
  map: FeatureMap,
  { mode, padding, align, output }: GridSampling,
  { shader, dtypes, ranges, constants, threads, run: length = RUN }: Sampler,
): Step<string> {
  const [depth, height, width] = map.size;
  const taps = TAPS[mode];
  const depthTaps = map.rank === 3 ? taps : 1;
  return dispatch({
    shaders: [boundedShader, tapsShader, shader],
    constants: {
      ...mapConstants(map),
      ...{ TAPS: taps, DEPTH_TAPS: depthTaps, ALL: depthTaps * taps * taps, RANK: map.rank },
      ...{
        FIRST: { i32: mode === "cubic" ? -1 : 0 },
        PADDING: PADDINGS[padding],
        ALIGN: align,
        RUN: length,
        ...constants,
      },
    },
    aliases: { E: elementTypes(dtypes[0]).one, G: elementTypes(dtypes[1]).one },
    ranges,
    uniforms: {
      ...{ channels: map.channels, runs: Math.ceil(map.channels / length), points: elementCount(output.size) },
      ...{ depth, height, width },
    },
    threads,
  });
}
