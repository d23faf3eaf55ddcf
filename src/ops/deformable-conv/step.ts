// What all kernels of deformable convolution share: the geometry, and the mask where there is one.
import type { Constant, Kernel, Step } from "../../kernel/step.ts";
import type { Deformable } from "./geometry.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import deformShader from "../../../shaders/ops/deformable-conv/deform.wgsl";
import deformMaskShader from "../../../shaders/ops/deformable-conv/deform-mask.wgsl";
import noDeformMaskShader from "../../../shaders/ops/deformable-conv/no-deform-mask.wgsl";

/** The binding of the mask in shaders/ops/deform-mask.wgsl. */
const MASK_BINDING = 7;

interface Parts {
  /** What stands at the bindings 1, 2, ... */
  readonly ranges: readonly Range[];
  readonly mask?: Range | undefined;
  /** Files beside those of the geometry. */
  readonly shaders?: readonly string[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly aliases: NonNullable<Kernel["aliases"]>;
  readonly threads: number;
}

/** A step that computes samples' positions. */
export function deformableStep(kernel: string, deformable: Deformable, parts: Parts): Step<string> {
  const { ranges, mask, shaders = [], constants, aliases, threads } = parts;
  const step = dispatch({
    shaders: [deformShader, mask ? deformMaskShader : noDeformMaskShader, ...shaders, `ops/${kernel}`],
    constants: { CHANNELS_LAST: deformable.problem.layout === "channels-last", ...constants },
    aliases,
    ranges,
    uniforms: deformableWords(deformable, threads),
    threads,
  });
  return mask ? { ...step, bindings: [...step.bindings, { binding: MASK_BINDING, ...mask }] } : step;
}

/** The words of the struct Deform of shaders/ops/deform.wgsl. */
export function deformableWords({ problem, offsetGroups }: Deformable, threads: number): number[] {
  const { N, C, groups, input, output, kernel, stride, dilation, padBegin } = problem;
  return [
    ...[threads, N, C, C / groups, offsetGroups, C / offsetGroups],
    ...[input, output, kernel, stride, dilation, padBegin].flatMap(([, height, width]) => [height, width]),
  ];
}
