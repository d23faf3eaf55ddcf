// The epilogues of fused kernels.
import { elementCount } from "../base/shape.ts";
import type { EpilogueOptions } from "../conv/options.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { expand } from "../ops/expand/expand.ts";
import type { ActivationOption } from "../problem/activation.ts";

/** The attributes of an epilogue. */
export interface FusedAttributes {
  readonly activation?: string | null;
  readonly leakyreluAlpha?: number;
}

/** The activation as an option of the engine. Prelu is a call of its own. */
export function activationOf({
  activation,
  leakyreluAlpha = 0.2,
}: FusedAttributes): Pick<EpilogueOptions, "activation"> {
  if (!activation || activation === "linear" || activation === "prelu") return {};
  if (activation === "leakyrelu") return { activation: { name: "leaky-relu", slope: leakyreluAlpha } };
  return { activation: activation as ActivationOption };
}

/** A bias as an option of the engine. */
interface Bias {
  /** The shape in which the engine takes it. */
  readonly shape?: readonly number[];
  readonly option: (bias: Tensor | undefined) => Pick<EpilogueOptions, "bias">;
}

/** The bias of a result with so many channels, the last axis of the bias; undefined if it is none of channels. */
export function biasOf(shape: readonly number[] | undefined, channels: number): Bias | undefined {
  if (!shape) return { option: () => ({}) };
  const count = elementCount(shape);
  if (count === channels && (shape.at(-1) ?? 1) === channels)
    return { shape: [count], option: (bias) => ({ bias: bias! }) };
  return count === 1 ? { shape: [1], option: (bias) => ({ bias: expand(bias!, [channels]) }) } : undefined;
}
