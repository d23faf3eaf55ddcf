// Convolution by kernels that are outer products of 1-D ones, axis by axis, and its gradients: what image processing does with Gaussians,
// Sobel's operators and means (Gonzalez and Woods, Digital Image Processing, 4th edition, section 3.4, "Separable filter kernels"). R + S
// multiply-adds a cell where the 2-D kernel takes R * S. `separate` finds the 1-D kernels of a 2-D one.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { type Constant, type Step, STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import { roundUp } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  type AxisPass,
  type AxisPasses,
  SPATIALLY_SEPARABLE_KEYS,
  type SpatiallySeparableOptions,
  axisPassesOf,
} from "./axis-passes.ts";
import { elementsOf, shapeOf } from "../shared/geometry/feature-map.ts";
import { given } from "../shared/composition.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import { firstParts, partsBytes, partsOf, sumSteps } from "../shared/sum-parts.ts";
import noCopiesShader from "../../../shaders/ops/spatially-separable-conv/no-copies.wgsl";
import axisShader from "../../../shaders/ops/spatially-separable-conv/axis.wgsl";
import axisFilterShader from "../../../shaders/ops/spatially-separable-conv/axis-filter.wgsl";
import axisFilterBackwardShader from "../../../shaders/ops/spatially-separable-conv/axis-filter-backward.wgsl";
import axisFilterWeightsShader from "../../../shaders/ops/spatially-separable-conv/axis-filter-weights.wgsl";

/** Numbers of a kernel whose gradients an invocation adds up. */
const TAPS = 4;

/**
 * The convolution of each channel by the outer product of 1-D kernels, one pass for each axis. What lies between passes is float32.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param kernels one for each spatial axis in their order (2-D: first down the columns, then along the rows): [cells] for all channels
 * alike, or [C, cells], channels last [cells, C]
 * @returns a new tensor [N, C, ...output], or [N, ...output, C]
 * @throws ConvError naming the argument that does not fit
 */
export function spatiallySeparableConv(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): Tensor {
  const { tensor, axes, inputs } = check(x, kernels, options);
  const { passes } = axes;
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(passes.at(-1)!.to), layout, dtype };
  return run({
    name: "spatiallySeparableConv",
    inputs: { x: tensor, ...inputs },
    results: { y },
    parameters: axes.problem,
    recipe: () => {
      const between = Scratch.of(passes.slice(0, -1).map(({ to }) => elementsOf(to)));
      const steps = passes.map((pass, at) =>
        filterStep("axis-filter", axes, pass, dtype, {
          from: at === 0 ? source(whole("x", tensor), dtype) : source(between.ranges[at - 1]!),
          weights: whole(`kernel${at}`, inputs[`kernel${at}`]!),
          to: at === passes.length - 1 ? source(whole("y", y), dtype) : source(between.ranges[at]!),
        }),
      );
      return { steps, workspaceBytes: between.bytes };
    },
  }).y;
}

export interface SpatiallySeparableGradients {
  dx: Tensor;
  dkernels: Tensor[];
}

/**
 * The gradients of `spatiallySeparableConv`. The passes before the last are computed again.
 *
 * @param dy the gradient of its result
 * @returns new tensors: dx, and dkernels like the kernels
 * @throws ConvError naming the argument that does not fit
 */
export function spatiallySeparableConvBackward(
  dy: Tensor,
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions = {},
): SpatiallySeparableGradients {
  const { tensor, axes, inputs } = check(x, kernels, options);
  const { passes } = axes;
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(passes.at(-1)!.to), layout, dtype };
  const gradient = checkLike("dy", dy, y, "the result of this convolution");
  const names = passes.map((_, at) => `dkernel${at}`);
  const described = Object.fromEntries(
    names.map((name, at) => [name, { shape: inputs[`kernel${at}`]!.shape, layout, dtype }]),
  );
  const made = run({
    name: "spatiallySeparableConvBackward",
    inputs: { x: tensor, ...inputs, dy: gradient },
    results: { dx: { shape: tensor.shape, layout, dtype }, ...described },
    parameters: axes.problem,
    recipe: () => {
      const forward = Scratch.of(passes.slice(0, -1).map(({ to }) => elementsOf(to)));
      const backward = Scratch.of(
        passes.slice(1).map(({ from }) => elementsOf(from)),
        forward.bytes,
      );
      const sums = backward.bytes;
      const reads = passes.map((_, at) =>
        at === 0 ? source(whole("x", tensor), dtype) : source(forward.ranges[at - 1]!),
      );
      const gradients = passes.map((_, at) =>
        at === passes.length - 1 ? source(whole("dy", gradient), dtype) : source(backward.ranges[at]!),
      );
      const weights = passes.map((_, at) => whole(`kernel${at}`, inputs[`kernel${at}`]!));
      const steps: Step<string>[] = passes
        .slice(0, -1)
        .map((pass, at) =>
          filterStep("axis-filter", axes, pass, dtype, { from: reads[at]!, weights: weights[at]!, to: reads[at + 1]! }),
        );
      let bytes = sums;
      for (let at = passes.length - 1; at >= 0; at--) {
        const pass = passes[at]!;
        const [slots, count] = weightSums(axes, pass);
        bytes = Math.max(bytes, sums + partsBytes(slots, count));
        steps.push(
          weightStep(axes, pass, reads[at]!, gradients[at]!, firstParts(sums, slots, count)),
          ...sumSteps(sums, slots, count, whole(`dkernel${at}`, described[`dkernel${at}`]!), dtype),
          filterStep("axis-filter-backward", axes, pass, dtype, {
            from: gradients[at]!,
            weights: weights[at]!,
            to: at === 0 ? source(whole("dx", tensor), dtype) : gradients[at - 1]!,
          }),
        );
      }
      return { steps, workspaceBytes: bytes };
    },
  }) as Record<string, Tensor>;
  return { dx: made["dx"]!, dkernels: names.map((name) => made[name]!) };
}

function check(
  x: Tensor,
  kernels: readonly Tensor[],
  options: SpatiallySeparableOptions,
): { tensor: Tensor; axes: AxisPasses; inputs: Record<string, Tensor> } {
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
    given(options, SPATIALLY_SEPARABLE_KEYS),
  );
  return { tensor, axes, inputs: Object.fromEntries(checked.map((kernel, at) => [`kernel${at}`, kernel])) };
}

/** Ranges of the workspace for float32 arrays, one behind the other. */
class Scratch {
  readonly ranges: readonly Range[];
  readonly bytes: number;

  private constructor(ranges: readonly Range[], bytes: number) {
    this.ranges = ranges;
    this.bytes = bytes;
  }

  static of(counts: readonly number[], start = 0): Scratch {
    let offset = start;
    const ranges = counts.map((count) => {
      const range = { operand: "workspace", offset, size: count * 4 };
      offset += roundUp(range.size, STORAGE_ALIGNMENT);
      return range;
    });
    return new Scratch(ranges, offset);
  }
}

/** A range with the type of its elements. */
interface Source {
  readonly range: Range;
  readonly dtype: Dtype;
}

function source(range: Range, dtype: Dtype = "f32"): Source {
  return { range, dtype };
}

/** An axis as [outer, cells, inner], and where the kernel of a channel begins. */
function axisOf({ problem }: AxisPasses, { axis, from, perChannel }: AxisPass) {
  const last = from.layout === "channels-last";
  const { channels, N, size } = from;
  const before = size.slice(0, axis).reduce((product, cells) => product * cells, 1);
  const after = size.slice(axis + 1).reduce((product, cells) => product * cells, 1);
  const kernel = problem.kernel[axis];
  return {
    outer: N * before * (last ? 1 : channels),
    inner: after * (last ? channels : 1),
    input: size[axis],
    output: problem.output[axis],
    kernel,
    stride: problem.stride[axis],
    dilation: problem.dilation[axis],
    begin: problem.padBegin[axis],
    end: problem.padEnd[axis],
    channels: perChannel ? channels : 1,
    channelOuter: last ? 0 : before,
    wChannel: last || !perChannel ? 1 : kernel,
    wTap: last && perChannel ? channels : 1,
  };
}

type AxisGeometry = ReturnType<typeof axisOf>;

/** The words of the struct Axis of shaders/ops/axis.wgsl, where an invocation has so many numbers of `inner`. */
function axisWords(a: AxisGeometry, elements: number, lanes: number): number[] {
  // Kernels of channels that lie innermost are loaded in fours as well.
  const fours = a.channels > 1 && a.channelOuter === 0 ? lanes : 1;
  return [
    ...[elements, a.input, a.output, a.inner / lanes],
    ...[a.kernel, a.stride, a.dilation, a.begin, a.end],
    ...[a.channels / fours, a.channelOuter, a.wChannel, a.wTap / fours],
  ];
}

function constantsOf({ problem }: AxisPasses): Record<string, Constant> {
  return { FLIPPED: problem.flipped, PADDING_VALUE: { f32: 0 } };
}

/** A pass, or its adjoint. */
function filterStep(
  kernel: "axis-filter" | "axis-filter-backward",
  axes: AxisPasses,
  pass: AxisPass,
  dtype: Dtype,
  { from, weights, to }: { from: Source; weights: Range; to: Source },
): Step<string> {
  const own = axisOf(axes, pass);
  const forward = kernel === "axis-filter";
  const { paddingMode } = axes.problem;
  const zeros = paddingMode === "zeros";
  // The adjoint of a pass that takes every cell is the pass with the mirrored kernel.
  const mirrored = !forward && zeros && own.stride === 1;
  const a = mirrored ? mirror(own) : own;
  const innermost = a.channels > 1 && a.channelOuter === 0;
  const lanes = a.inner % 4 === 0 && (!innermost || a.channels % 4 === 0) ? 4 : 1;
  const type = (of: Dtype, many = lanes === 4): string => (many ? elementTypes(of).four : elementTypes(of).one);
  const filters = forward || mirrored;
  const threads = (a.outer * (filters ? Math.ceil(a.output / 4) : a.input) * a.inner) / lanes;
  const border = zeros ? noCopiesShader : `lib/copies-${paddingMode}`;
  const shared = from.range.operand === "workspace" && to.range.operand === "workspace";
  return dispatch({
    shaders: [
      filters ? `lib/padding-${paddingMode}` : border,
      axisShader,
      filters ? axisFilterShader : axisFilterBackwardShader,
    ],
    constants: filters
      ? {
          ...constantsOf(axes),
          FLIPPED: axes.problem.flipped !== mirrored,
          SLIDES: a.stride === 1 && a.dilation === 1,
        }
      : { ...constantsOf(axes), PLACES: zeros ? 1 : 3, STEPS: a.stride > 1 },
    aliases: {
      V: type("f32"),
      I: type(from.dtype),
      O: type(to.dtype),
      W: type(dtype, lanes === 4 && innermost),
      C: type("f32", lanes === 4 && innermost),
    },
    ranges: [from.range, weights, to.range],
    ...(shared && { readWrite: [1] }),
    uniforms: axisWords(a, threads, lanes),
    threads,
  });
}

/** An axis read the other way: what it made, as many cells of border as the kernel reaches before its first output. */
function mirror(a: AxisGeometry): AxisGeometry {
  const reach = (a.kernel - 1) * a.dilation;
  return { ...a, input: a.output, output: a.input, begin: reach - a.begin };
}

/** How many numbers the kernel of a pass has, and how many products each of their gradients adds up. */
function weightSums({ problem }: AxisPasses, { axis, to, perChannel }: AxisPass): [slots: number, count: number] {
  const kernels = perChannel ? to.channels : 1;
  return [kernels * problem.kernel[axis], elementsOf(to) / kernels];
}

/** The parts of the gradient of a pass's kernel. */
function weightStep(axes: AxisPasses, pass: AxisPass, x: Source, dy: Source, parts: Range): Step<string> {
  const a = axisOf(axes, pass);
  const [, count] = weightSums(axes, pass);
  const last = pass.to.layout === "channels-last";
  const perImage = elementsOf(pass.to) / pass.to.N / a.channels;
  const run = last || !pass.perChannel ? 1 : perImage;
  const shared = [x, dy].flatMap(({ range }, at) => (range.operand === "workspace" ? [at + 1] : []));
  const kernels = Math.ceil(a.kernel / TAPS) * a.channels;
  const threads = kernels * partsOf(count);
  return dispatch({
    shaders: [`lib/padding-${axes.problem.paddingMode}`, axisShader, axisFilterWeightsShader],
    constants: { ...constantsOf(axes), TAPS },
    aliases: { I: elementTypes(x.dtype).one, D: elementTypes(dy.dtype).one },
    ranges: [x.range, dy.range, parts],
    ...(shared.length > 0 && { readWrite: shared }),
    uniforms: [...axisWords(a, 0, 1), 0, 0, 0, threads, partsOf(count), count, run],
    threads,
  });
}
