// Deformable convolution (Dai et al., Deformable Convolutional Networks, 2017, section 2.1), modulated where there is a mask (Zhu et al.,
// Deformable ConvNets v2, 2019, section 3.2), and its gradients, by the rules of torchvision's deform_conv2d.
//
// The samples become the input of a pointwise convolution, which is a matrix product (im2col; Chellapilla et al., 2006). Its gradients are
// those of the samples and of w. The gradients of offsets and masks are computed from the gradients of the samples, sample by sample. So is
// the gradient of x, without atomics: samples are sorted by the cell before them (input-gradient.ts), so that the samples that have a given
// cell as a corner form two runs, always in the same order.
//
// Large maps are computed band by band (bands.ts): the gradients of offsets and masks are written band by band, those of x and w are added.
import deformColumnsShader from "../../../shaders/ops/deformable-conv/deform-columns.wgsl";
import deformDmaskShader from "../../../shaders/ops/deformable-conv/deform-dmask.wgsl";
import deformOffsetsShader from "../../../shaders/ops/deformable-conv/deform-offsets.wgsl";
import noDeformDmaskShader from "../../../shaders/ops/deformable-conv/no-deform-dmask.wgsl";
import { pick } from "../../base/pick.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { conv } from "../../conv/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../conv/gradients.ts";
import { type Operation, type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Step } from "../../kernel/step.ts";
import { joinShape } from "../../problem/problem.ts";
import { add } from "../add/add.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { slice } from "../slice/slice.ts";
import { concatenate } from "../slices/slices.ts";
import { bandsOf } from "./bands.ts";
import {
  type Band,
  DEFORMABLE_KEYS,
  type Deformable,
  type DeformableOptions,
  deformableOf,
  deformableShapes,
} from "./geometry.ts";
import { inputGradientRecipe } from "./input-gradient.ts";
import { deformableStep } from "./step.ts";

/** The options of `deformableConvBackward`. */
export interface DeformableConvBackwardOptions extends DeformableOptions {
  /** How far each sample is moved, in cells, y before x: [N, 2 * offsetGroups * R * S, P, Q], or [N, P, Q, 2 * offsetGroups * R * S]. */
  offset: Tensor;
  /** The factor of each sample: [N, offsetGroups * R * S, P, Q], or [N, P, Q, offsetGroups * R * S]. */
  mask?: Tensor;
}

/** The options of `deformableConv`. */
export interface DeformableConvOptions extends DeformableConvBackwardOptions {
  /** One value for each channel of the result. */
  bias?: Tensor;
}

/** The gradients of `deformableConv`, each shaped like its tensor. */
export interface DeformableConvGradients {
  dx: Tensor;
  dw: Tensor;
  doffset: Tensor;
  /** Where there is a mask. */
  dmask?: Tensor;
}

/** Channels that an invocation samples at one position. */
const RUN = 16;

/** The binding of the mask's gradient in deform-dmask.wgsl. */
const DMASK_BINDING = 6;

/**
 * A 2-D convolution whose samples are moved by offsets, interpolated bilinearly between cells, with zeros beyond the border. Samples of
 * half-precision tensors are rounded to halves between sampling and multiplying.
 *
 * @param x [N, C, H, W], or [N, H, W, C]
 * @param w [K, C/groups, R, S], or [R, S, C/groups, K]
 * @returns a new tensor [N, K, P, Q], or [N, P, Q, K]
 * @throws ConvError naming the invalid argument; `unsupported` for 1-D and 3-D maps
 * @example
 * // x [1, 16, 32, 32]; w [32, 16, 3, 3]; offset [1, 2 * 9, 32, 32]
 * const y = deformableConv(x, w, { offset, padding: 1 }); // [1, 32, 32, 32]
 */
export function deformableConv(x: Tensor, w: Tensor, options: DeformableConvOptions): Tensor {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask", "bias"]);
  const call = check(x, w, options);
  const { bias } = options;
  const like = { shape: [call.deformable.problem.K], layout: x.layout, dtype: x.dtype };
  if (bias !== undefined) checkLike("bias", bias, like, "one for each channel");
  checkSameEngine({ x, w, offset: call.offset, mask: call.mask, bias });
  const { groups } = call.deformable.problem;
  const convolved = (band: Band): Tensor =>
    compose((composition) =>
      conv(columns(composition, call, band), pointwiseWeights(composition, call), {
        groups,
        ...pick(options, ["bias"]),
      }),
    );
  // The bands of the same images side by side, and then the images.
  const bands = bandsOf(call.deformable, x.dtype);
  const firsts = bands.filter(({ firstRow }) => firstRow === 0);
  const ofImages = (first: Band) => (): Tensor =>
    joined(
      bands.filter(({ firstImage }) => firstImage === first.firstImage).map((band) => () => convolved(band)),
      rowAxis(x),
    );
  return joined(firsts.map(ofImages), 0);
}

/** The axis of the rows of a map. */
function rowAxis({ layout }: Tensor): number {
  return layout === "channels-first" ? 2 : 1;
}

/** What functions compute, one after the other along an axis. */
function joined(parts: readonly (() => Tensor)[], axis: number): Tensor {
  if (parts.length === 1) return parts[0]!();
  return compose(({ temporary }) =>
    concatenate(
      parts.map((part) => temporary(part())),
      { axis },
    ),
  );
}

/**
 * The gradients of `deformableConv`. For the gradient of its bias call `convBackwardBias(dy)`. Where a sample is exactly on a cell, the
 * gradient of its offset is the one-sided derivative towards the next cell.
 *
 * @param dy the gradient of the result of `deformableConv`
 * @param x its input
 * @param w its weights
 * @returns new tensors in the shapes of x, w, offset and mask
 * @throws ConvError naming the invalid argument; `unsupported` for 1-D and 3-D maps
 * @example
 * const { dx, dw, doffset } = deformableConvBackward(dy, x, w, { offset, padding: 1 });
 */
export function deformableConvBackward(
  dy: Tensor,
  x: Tensor,
  w: Tensor,
  options: DeformableConvBackwardOptions,
): DeformableConvGradients {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask"]);
  const call = check(x, w, options);
  const { deformable, shapes, mask, offset } = call;
  const { layout, dtype } = x;
  checkLike("dy", dy, { shape: shapes.y, layout, dtype }, "the result of this convolution");
  checkSameEngine({ dy, x, w, offset, mask });
  return compose(({ result }) => {
    let gradients: Partial<DeformableConvGradients> = {};
    for (const band of bandsOf(deformable, dtype)) gradients = bandGradients(call, dy, band, gradients, result);
    return gradients as DeformableConvGradients;
  });
}

/** Computes the gradients up to a band from those up to the band before. */
function bandGradients(
  call: Call,
  dy: Tensor,
  band: Band,
  before: Partial<DeformableConvGradients>,
  result: (tensor: Tensor) => Tensor,
): DeformableConvGradients {
  const { x, w, offset, mask, deformable, shapes } = call;
  const { layout, dtype } = x;
  const { groups } = deformable.problem;
  return compose((composition) => {
    const { temporary } = composition;
    const samples = columns(composition, call, band);
    const gradient = cells(composition, dy, band);
    const dweights = temporary(convBackwardWeights(samples, gradient, { groups, kernelShape: shapes.weights }));
    const sum = temporary(dweights.view(w.shape, layout));
    const dw = result(before.dw ? add(temporary(before.dw), sum) : dweights.view(w.shape, layout));
    const dcolumns = temporary(
      convBackwardData(gradient, pointwiseWeights(composition, call), { groups, inputShape: samples.shape }),
    );
    const given = { offset, ...(mask && { mask }) };
    const ofOffsets = writeBand(
      before,
      { doffset: offset, ...(mask && { dmask: mask }) },
      {
        inputs: { x, dcolumns, ...given },
        parameters: ["offset", deformable, band],
        recipe: () => ({ steps: [offsetsStep(call, band, dcolumns)] }),
      },
    );
    const described = { shape: x.shape, layout, dtype };
    const ofInput = writeBand(
      before,
      { dx: described },
      {
        inputs: { dcolumns, ...given },
        parameters: ["x", deformable, band],
        recipe: () => inputGradientRecipe(deformable, band, { dcolumns, offset, mask, dx: described }),
      },
    );
    for (const tensor of Object.values({ ...ofOffsets, ...ofInput })) result(tensor);
    return { ...ofInput, dw, ...ofOffsets } as DeformableConvGradients;
  });
}

/** Runs an operation that writes a band of tensors: of new ones, or of those to which the bands before were written. */
function writeBand(
  before: Partial<Record<string, Tensor>>,
  tensors: Readonly<Record<string, TensorDescription>>,
  operation: Pick<Operation, "inputs" | "parameters" | "recipe">,
): Readonly<Record<string, Tensor>> {
  const name = "deformableConvBackward";
  const names = Object.keys(tensors);
  if (before[names[0]!] === undefined) return run({ name, ...operation, results: tensors });
  const written = Object.fromEntries(names.map((one) => [one, before[one]!]));
  run({ name, ...operation, inputs: { ...operation.inputs, ...written }, results: {}, updates: names });
  return written;
}

/** The outputs of a band, given those of all bands. */
function cells({ temporary }: Composition, map: Tensor, band: Band): Tensor {
  const { firstImage, images, firstRow, rows } = band;
  const axes = [0, rowAxis(map)];
  if (images === map.shape[0] && rows === map.shape[axes[1]!]) return map;
  return temporary(slice(map, { axes, starts: [firstImage, firstRow], ends: [firstImage + images, firstRow + rows] }));
}

interface Call {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly offset: Tensor;
  readonly mask: Tensor | undefined;
  readonly deformable: Deformable;
  readonly shapes: ReturnType<typeof deformableShapes>;
}

/** Checks the arguments common to both calls. */
function check(x: Tensor, w: Tensor, options: DeformableConvBackwardOptions): Call {
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const deformable = deformableOf(tensor.shape, checkTensor("w", w).shape, layout, pick(options, DEFORMABLE_KEYS));
  checkLike("w", w, { shape: w.shape, layout, dtype }, "as x");
  const shapes = deformableShapes(deformable);
  const { mask } = options;
  const like = (argument: string, value: unknown, shape: number[]): Tensor =>
    checkLike(argument, value, { shape, layout, dtype }, "for every sample");
  return {
    ...{ x: tensor, w, deformable, shapes },
    offset: like("offset", options.offset, shapes.offset),
    mask: mask === undefined ? undefined : like("mask", mask, shapes.mask),
  };
}

/** A view of w as the weights of the pointwise convolution. */
function pointwiseWeights({ temporary }: Composition, { w, shapes }: Call): Tensor {
  return temporary(w.view(shapes.weights, w.layout));
}

/** The samples of a band, as the input of the pointwise convolution. */
function columns({ temporary }: Composition, { x, offset, mask, deformable }: Call, band: Band): Tensor {
  const { layout, dtype } = x;
  const { problem, offsetGroups } = deformable;
  const { C, kernel, output } = problem;
  const samples = kernel[1] * kernel[2] * band.rows * output[2];
  const channels = C * kernel[1] * kernel[2];
  const described = { shape: joinShape(band.images, channels, [band.rows, output[2]], layout), layout, dtype };
  const runs = Math.ceil(problem.C / offsetGroups / RUN) * offsetGroups;
  return temporary(
    run({
      name: "deformableConv",
      inputs: { x, offset, ...(mask && { mask }) },
      results: { samples: described },
      parameters: [deformable, band],
      recipe: () => ({
        steps: [
          deformableStep(deformable, band, {
            shaders: [deformColumnsShader],
            ranges: [whole("x", x), whole("offset", offset), whole("samples", described)],
            mask: mask && whole("mask", mask),
            aliases: { E: elementTypes(dtype).one },
            constants: { RUN },
            threads: band.images * samples * runs,
          }),
        ],
      }),
    }).samples,
  );
}

/** Computes the gradients of the offsets of a band and of the mask, where there is one. */
function offsetsStep({ x, offset, mask, deformable }: Call, band: Band, dcolumns: Tensor): Step<string> {
  return deformableStep(deformable, band, {
    shaders: [mask ? deformDmaskShader : noDeformDmaskShader, deformOffsetsShader],
    ranges: [
      ...[whole("x", x), whole("offset", offset), whole("dcolumns", dcolumns), whole("doffset", offset)],
      ...(mask ? [{ ...whole("dmask", mask), binding: DMASK_BINDING }] : []),
    ],
    mask: mask && whole("mask", mask),
    aliases: { E: elementTypes(x.dtype).one },
    threads: elementCount(dcolumns.shape) / (deformable.problem.C / deformable.offsetGroups),
  });
}
