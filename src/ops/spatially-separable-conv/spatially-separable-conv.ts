// Convolution with kernels that are outer products of 1-D kernels, axis by axis, and its gradients, as image processing does with Gaussian,
// Sobel and box filters (Gonzalez and Woods, Digital Image Processing, 4th edition, section 3.4, "Separable filter kernels"). R + S
// multiply-adds a cell where the 2-D kernel takes R * S. `separate` computes the 1-D kernels of a 2-D one. Each pass is a depthwise convolution,
// in float32.
import { refuse } from "../../base/error.ts";
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { conv } from "../../conv/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../conv/gradients.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../../gpu/tensor.ts";
import { expand } from "../expand/expand.ts";
import { reduceSum } from "../reduce/reduce.ts";
import { cast } from "../shared/batch-sum.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import {
  type AxisPass,
  type AxisPasses,
  SPATIALLY_SEPARABLE_KEYS,
  type SpatiallySeparableOptions,
  axisPassesOf,
} from "./geometry.ts";

/**
 * Convolves each channel with the outer product of 1-D kernels, one pass along each axis. Results between passes are float32.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param kernels one for each spatial axis in order (2-D: first down the columns, then along the rows): [cells] for all channels, or
 * [C, cells], channels last [cells, C]
 * @returns a new tensor [N, C, ...output], or [N, ...output, C]
 * @throws ConvError naming the invalid argument
 * @example
 * const gaussian = engine.tensor([0.25, 0.5, 0.25], [3]);
 * const blurred = spatiallySeparableConv(x, [gaussian, gaussian], { padding: 1, paddingMode: "reflect" });
 */
export function spatiallySeparableConv(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): Tensor {
  const { tensor, axes, checked } = check(x, kernels, options);
  checkSameEngine({ x, ...named(checked) });
  const name = "spatiallySeparableConv";
  return compose((composition) => {
    const passes = passesOf(name, composition, axes, checked);
    const last = passes.pop()!;
    let map = floats(name, composition, tensor);
    for (const { weights, geometry } of passes) map = composition.temporary(conv(map, weights, geometry));
    return stored(name, composition, conv(map, last.weights, last.geometry), tensor);
  });
}

/** The gradients of `spatiallySeparableConv`. */
export interface SpatiallySeparableGradients {
  dx: Tensor;
  dkernels: Tensor[];
}

/**
 * The gradients of `spatiallySeparableConv`. All passes but the last are computed again.
 *
 * @param dy the gradient of the result of `spatiallySeparableConv`
 * @param x its input
 * @param kernels its kernels
 * @returns new tensors: dx in the shape of x, and dkernels in the shapes of the kernels
 * @throws ConvError naming the invalid argument
 * @example
 * const { dx, dkernels } = spatiallySeparableConvBackward(dy, x, [vertical, horizontal], { padding: 1 });
 */
export function spatiallySeparableConvBackward(
  dy: Tensor,
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): SpatiallySeparableGradients {
  const { tensor, axes, checked } = check(x, kernels, options);
  const y = describeMap(axes.passes.at(-1)!.to, tensor.dtype);
  const given = checkLike("dy", dy, y, "the result of this convolution");
  checkSameEngine({ dy, x, ...named(checked) });
  const name = "spatiallySeparableConvBackward";
  return compose((composition) => {
    const { temporary, result } = composition;
    const passes = passesOf(name, composition, axes, checked);
    // The maps before each pass.
    const maps = [floats(name, composition, tensor)];
    for (const { weights, geometry } of passes.slice(0, -1))
      maps.push(temporary(conv(maps.at(-1)!, weights, geometry)));
    let gradient = floats(name, composition, given);
    const dkernels = passes
      .map(({ weights, geometry, pass }, at) => ({ weights, geometry, pass, map: maps[at]!, kernel: checked[at]! }))
      .toReversed()
      .map(({ weights, geometry, pass, map, kernel }, at) => {
        const dweights = temporary(convBackwardWeights(map, gradient, { ...geometry, kernelShape: weights.shape }));
        const dkernel = result(stored(name, composition, kernelGradient(composition, pass, dweights, kernel), tensor));
        const dmap = convBackwardData(gradient, weights, { ...geometry, inputShape: map.shape });
        gradient = at === passes.length - 1 ? dmap : temporary(dmap);
        return dkernel;
      });
    return { dx: stored(name, composition, gradient, tensor), dkernels: dkernels.toReversed() };
  });
}

/** A pass as a depthwise convolution. */
interface DepthwisePass {
  readonly pass: AxisPass;
  readonly weights: Tensor;
  readonly geometry: object;
}

/** The passes as depthwise convolutions, whose kernels have one cell along the other axes. */
function passesOf(
  name: string,
  composition: Composition,
  { problem, passes }: AxisPasses,
  kernels: readonly Tensor[],
): DepthwisePass[] {
  const { temporary } = composition;
  const { rank, layout, groups, paddingMode, flipped } = problem;
  return passes.map((pass, at) => {
    const { axis, perChannel } = pass;
    const along = <T>(own: T, other: T): T[] => Array.from({ length: rank }, (_, one) => (one === at ? own : other));
    const cells = along(problem.kernel[axis], 1);
    const shapeFor = (channels: number): number[] =>
      layout === "channels-first" ? [channels, 1, ...cells] : [...cells, 1, channels];
    const own = temporary(floats(name, composition, kernels[at]!).view(shapeFor(perChannel ? groups : 1), layout));
    return {
      pass,
      weights: perChannel ? own : temporary(expand(own, shapeFor(groups))),
      geometry: {
        ...{ algorithm: "depthwise", groups, paddingMode, mode: flipped ? "convolution" : "cross-correlation" },
        stride: along(problem.stride[axis], 1),
        dilation: along(problem.dilation[axis], 1),
        padding: along([problem.padBegin[axis], problem.padEnd[axis]], [0, 0]),
      },
    };
  });
}

/** The gradient of a kernel, from that of the weights of its pass: summed over the channels that share it. */
function kernelGradient(
  { temporary }: Composition,
  { perChannel, from: { channels, layout } }: AxisPass,
  dweights: Tensor,
  { shape }: Tensor,
): Tensor {
  if (perChannel) return dweights.view(shape, layout);
  const cells = dweights.size / channels;
  const first = layout === "channels-first";
  const matrix = first ? [channels, cells] : [cells, channels];
  return reduceSum(temporary(dweights.view(matrix, layout)), { axes: [first ? 0 : 1] });
}

/** Kernels under their names in errors. */
function named(kernels: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(kernels.map((kernel, at) => [`kernels[${at}]`, kernel]));
}

/** A tensor in float32. */
function floats(name: string, { temporary }: Composition, x: Tensor): Tensor {
  return x.dtype === "f32" ? x : temporary(cast(name, x, "f32"));
}

/** A result in the element type of x. */
function stored(name: string, { temporary }: Composition, result: Tensor, { dtype }: Tensor): Tensor {
  return dtype === "f32" ? result : cast(name, temporary(result), dtype);
}

/** Checks the arguments common to both calls. */
function check(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions,
): { tensor: Tensor; axes: AxisPasses; checked: readonly Tensor[] } {
  checkOptions("options", options, SPATIALLY_SEPARABLE_KEYS);
  const { tensor, map } = checkMap("x", x);
  if (!Array.isArray(kernels)) refuse("invalid-argument", "kernels", kernels, "an array of tensors");
  const checked = Array.from(kernels, (kernel: unknown, at) => checkTensor(`kernels[${at}]`, kernel));
  checked.forEach(({ dtype }, at) => {
    if (dtype !== tensor.dtype) refuse("shape-mismatch", `kernels[${at}].dtype`, dtype, `"${tensor.dtype}", as x`);
  });
  const axes = axisPassesOf(
    map,
    checked.map(({ shape }) => shape),
    pick(options, SPATIALLY_SEPARABLE_KEYS),
  );
  return { tensor, axes, checked };
}
