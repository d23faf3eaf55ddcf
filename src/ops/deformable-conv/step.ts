// The step of every kernel that computes positions of samples: adds the geometry, the positions and, if given, the mask.
import deformMaskShader from "../../../shaders/ops/deformable-conv/deform-mask.wgsl";
import deformPositionShader from "../../../shaders/ops/deformable-conv/deform-position.wgsl";
import deformShader from "../../../shaders/ops/deformable-conv/deform.wgsl";
import noDeformMaskShader from "../../../shaders/ops/deformable-conv/no-deform-mask.wgsl";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Kernel, Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import type { Band, Deformable } from "./geometry.ts";

/** The binding of the mask in deform-mask.wgsl. */
const MASK_BINDING = 7;

interface DeformableKernel {
  /** Snippets other than the shared ones, then the file with the entry. */
  readonly shaders: readonly Shader[];
  readonly ranges: readonly Range[];
  readonly mask?: Range | undefined;
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly aliases: NonNullable<Kernel["aliases"]>;
  readonly threads: number;
}

/** The step of a kernel that computes sample positions. */
export function deformableStep(deformable: Deformable, band: Band, kernel: DeformableKernel): Step<string> {
  const { shaders, ranges, mask, constants, aliases, threads } = kernel;
  return dispatch({
    shaders: [deformShader, deformPositionShader, mask ? deformMaskShader : noDeformMaskShader, ...shaders],
    constants: { CHANNELS_LAST: deformable.problem.layout === "channels-last", ...constants },
    aliases,
    ranges: [...ranges, ...(mask ? [{ binding: MASK_BINDING, ...mask }] : [])],
    uniforms: deformableUniforms(deformable, band),
    threads,
  });
}

/** The uniforms of the struct Deform of deform.wgsl. */
export function deformableUniforms({ problem, offsetGroups }: Deformable, band: Band): Uniforms {
  const { C, groups, input, output, kernel, stride, dilation, padBegin } = problem;
  return {
    channels: C,
    groupC: C / groups,
    offsetGroups,
    offsetC: C / offsetGroups,
    inputH: input[1],
    inputW: input[2],
    outputP: output[1],
    outputQ: output[2],
    kernelR: kernel[1],
    kernelS: kernel[2],
    strideH: stride[1],
    strideW: stride[2],
    dilationH: dilation[1],
    dilationW: dilation[2],
    beginH: padBegin[1],
    beginW: padBegin[2],
    bandImage: band.firstImage,
    bandStart: band.firstRow * output[2],
    bandCells: band.rows * output[2],
  };
}
