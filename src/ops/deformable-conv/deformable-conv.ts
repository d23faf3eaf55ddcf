// Deformable convolution (Dai et al., Deformable Convolutional Networks, 2017, section 2.1), modulated where there is a mask (Zhu et al.,
// Deformable ConvNets v2, 2019, section 3.2), and its gradients, by the rules of torchvision's deform_conv2d.
//
// The samples become the input of a convolution of one cell, which is a product of matrices and the engine's own (im2col; Chellapilla et al.,
// 2006). Its gradients with respect to its input and its weights are those of the samples, and of w. Offsets and masks gather theirs from
// the samples, each by itself. x gathers too, without atomics: samples are sorted by the cell before them (deformable-sort.ts), after
// which those that a cell is a corner of lie in two runs, always in the same order.
import { checkTensor } from "../../gpu/tensor.ts";
import { conv } from "../../conv/conv.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { type Step } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { gatherRecipe } from "./sort.ts";
import { deformableStep } from "./step.ts";
import {
  DEFORMABLE_KEYS,
  type Deformable,
  type DeformableOptions,
  deformableOf,
  deformableShapes,
} from "./geometry.ts";
import { type Making, composed, given, renamed, viewOf } from "../shared/composition.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { run, whole } from "../../gpu/operation.ts";
import deformDmaskShader from "../../../shaders/ops/deformable-conv/deform-dmask.wgsl";
import noDeformDmaskShader from "../../../shaders/ops/deformable-conv/no-deform-dmask.wgsl";

export interface DeformableConvBackwardOptions extends DeformableOptions {
  /** [N, 2 * offsetGroups * R * S, P, Q], or [N, P, Q, 2 * offsetGroups * R * S]: how far each sample is moved, y before x. */
  offset: Tensor;
  /** [N, offsetGroups * R * S, P, Q], or [N, P, Q, offsetGroups * R * S]: what each sample is multiplied with. */
  mask?: Tensor;
}

export interface DeformableConvOptions extends DeformableConvBackwardOptions {
  /** One value for each channel of the result. */
  bias?: Tensor;
}

export interface DeformableConvGradients {
  dx: Tensor;
  dw: Tensor;
  doffset: Tensor;
  /** Where there is a mask. */
  dmask?: Tensor;
}

/** Channels whose samples an invocation makes: they share a position. */
const RUN = 16;

/**
 * A 2-D convolution whose samples are moved by offsets, with bilinear interpolation between cells and zeros beyond the border. Samples of
 * half-precision tensors are rounded to halves between sampling and multiplying.
 *
 * @param x [N, C, H, W], or [N, H, W, C]
 * @param w [K, C/groups, R, S], or [R, S, C/groups, K]
 * @returns a new tensor [N, K, P, Q], or [N, P, Q, K]
 * @throws ConvError naming the argument that does not fit; `unsupported` for 1-D and 3-D maps
 */
export function deformableConv(
  x: Tensor,
  w: Tensor,
  options: DeformableConvOptions,
): Tensor {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask", "bias"]);
  const call = check(x, w, options);
  const { bias } = options;
  const like = { shape: [call.deformable.problem.K], layout: x.layout, dtype: x.dtype };
  if (bias !== undefined) checkLike("bias", bias, like, "one for each channel");
  return composed((making) => {
    const { groups } = call.deformable.problem;
    return conv(columns(making, call), weights(making, call), {
      groups,
      ...(bias !== undefined && { bias }),
    });
  });
}

/**
 * The gradients of `deformableConv`; that of its bias is convBackwardBias of dy. Where a sample lies on a cell, the gradient of its offset
 * is that towards the next one.
 *
 * @param dy the gradient of its result
 * @throws ConvError naming the argument that does not fit; `unsupported` for 1-D and 3-D maps
 */
export function deformableConvBackward(
  dy: Tensor,
  x: Tensor,
  w: Tensor,
  options: DeformableConvBackwardOptions,
): DeformableConvGradients {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask"]);
  const call = check(x, w, options);
  const { deformable, shapes } = call;
  const { layout, dtype } = x;
  checkLike("dy", dy, { shape: shapes.y, layout, dtype }, "the result of this convolution");
  const { convolutions } = context;
  const { groups } = deformable.problem;
  return composed((making) => {
    const { temporary, result } = making;
    const dw = convolutions.convBackwardWeights(columns(making, call), dy, {
      groups,
      kernelShape: shapes.weights,
    });
    const gradients = { dw: result(renamed(dw, w.shape)) };
    const dcolumns = temporary(
      convolutions.convBackwardData(dy, weights(making, call), { groups, inputShape: shapes.columns }),
    );
    const { doffset, dmask } = offsetGradients(call, dcolumns);
    result(doffset);
    if (dmask) result(dmask);
    const { mask, offset } = call;
    const { dx } = run({
      name: "deformableConvBackward",
      inputs: { dcolumns, offset, ...(mask && { mask }) },
      results: { dx: { shape: x.shape, layout, dtype } },
      parameters: ["x", deformable],
      recipe: () => gatherRecipe(deformable, { dcolumns, offset, mask, dx: { shape: x.shape, layout, dtype } }),
    });
    return { dx, ...gradients, doffset, ...(dmask && { dmask }) };
  });
}

interface Call {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly offset: Tensor;
  readonly mask: Tensor | undefined;
  readonly deformable: Deformable;
  readonly shapes: ReturnType<typeof deformableShapes>;
}

function check(x: Tensor, w: Tensor, options: DeformableConvBackwardOptions): Call {
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const deformable = deformableOf(tensor.shape, checkTensor("w", w).shape, layout, given(options, DEFORMABLE_KEYS));
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

/** The weights as those of a convolution of one cell. */
function weights({ temporary }: Making, { w, shapes }: Call): Tensor {
  return temporary(viewOf(w, shapes.weights));
}

/** The samples, as the input of that convolution. */
function columns(
  { temporary }: Making,
  { x, offset, mask, deformable, shapes }: Call,
): Tensor {
  const { layout, dtype } = x;
  const described = { shape: shapes.columns, layout, dtype };
  const { problem, offsetGroups } = deformable;
  const runs = Math.ceil(problem.C / offsetGroups / RUN) * offsetGroups;
  const threads = (elementCount(shapes.columns) / problem.C) * runs;
  return temporary(
    run({
      name: "deformableConv",
      inputs: { x, offset, ...(mask && { mask }) },
      results: { samples: described },
      parameters: deformable,
      recipe: () => ({
        steps: [
          deformableStep("deform-columns", deformable, {
            ranges: [whole("x", x), whole("offset", offset), whole("samples", described)],
            mask: mask && whole("mask", mask),
            aliases: { E: elementTypes(dtype).one },
            constants: { RUN },
            threads,
          }),
        ],
      }),
    }).samples,
  );
}

function offsetGradients(
  { x, offset, mask, deformable }: Call,
  dcolumns: Tensor,
): { doffset: Tensor; dmask?: Tensor } {
  const { layout, dtype } = x;
  const like = ({ shape }: Tensor) => ({ shape, layout, dtype });
  const threads = elementCount(offset.shape) / 2;
  const step = (): Step<string> => {
    const made = deformableStep("deform-offsets", deformable, {
      ranges: [whole("x", x), whole("offset", offset), whole("dcolumns", dcolumns), whole("doffset", offset)],
      mask: mask && whole("mask", mask),
      shaders: [mask ? deformDmaskShader : noDeformDmaskShader],
      aliases: { E: elementTypes(dtype).one },
      constants: {},
      threads,
    });
    return mask ? { ...made, bindings: [...made.bindings, { binding: 6, ...whole("dmask", mask) }] } : made;
  };
  const results: Record<string, ReturnType<typeof like>> = {
    doffset: like(offset),
    ...(mask && { dmask: like(mask) }),
  };
  const made = run({
    name: "deformableConvBackward",
    inputs: { x, offset, dcolumns, ...(mask && { mask }) },
    results,
    parameters: ["offset", deformable],
    recipe: () => ({ steps: [step()] }),
  });
  return made as { doffset: Tensor; dmask?: Tensor };
}
