// Parts of a step that every algorithm writes the same way: the epilogue's snippets, constants and bindings, the padding snippet,
// whole-tensor bindings.
import type { Activation } from "../activation.ts";
import { bytesFor } from "../dtype.ts";
import { BINDING, type Binding, type Constant, WORKGROUP_SIZE } from "../plan.ts";
import { type ConvProblem, type Epilogue, tensorShape } from "../problem.ts";
import { elementCount } from "../shape.ts";

/** Bytes of an element of the workspace, which is float32 whatever the tensors are. */
export const F32_BYTES = 4;

/** Bytes of the buffer of x, w or y. */
export function operandBytes(problem: ConvProblem, operand: "x" | "w" | "y"): number {
  return bytesFor(elementCount(tensorShape(problem, operand)), problem.dtype);
}

/** E is the element type of the tensors in storage, E4 four of them; arithmetic is float32 always. */
export function elementAliases({ dtype }: Pick<ConvProblem, "dtype">): Record<"E" | "E4", string> {
  return dtype === "f16" ? { E: "f16", E4: "vec4h" } : { E: "f32", E4: "vec4f" };
}

/** The whole of an operand at a binding number. */
export function whole(binding: number, operand: "x" | "w" | "y", problem: ConvProblem): Binding {
  return { binding, operand, offset: 0, size: operandBytes(problem, operand) };
}

/** A range of the workspace at a binding number. */
export function scratch(binding: number, offset: number, size: number): Binding {
  return { binding, operand: "workspace", offset, size };
}

/** The snippet beside its own that an activation is built on. */
const ACTIVATION_PARTS: Partial<Record<Activation["name"], string>> = {
  sigmoid: "lib/activation/logistic",
  silu: "lib/activation/logistic",
  tanh: "lib/activation/expm1",
  elu: "lib/activation/expm1",
};

/** A range of the prepared weights at a binding number. */
export function preparedRange(binding: number, offset: number, size: number): Binding {
  return { binding, operand: "prepared", offset, size };
}

/** Snippets that define `thread_index`, `epilogue` and all they need; the constants go beside them. */
export function epilogueShaders({ activation, bias, residual }: Epilogue): string[] {
  const part = ACTIVATION_PARTS[activation.name];
  return [
    "lib/thread",
    ...(part ? [part] : []),
    `lib/activation/${activation.name}`,
    bias ? "lib/bias" : "lib/no-bias",
    residual ? "lib/residual" : "lib/no-residual",
    "lib/epilogue",
  ];
}

export function epilogueConstants({ activation }: Epilogue): Record<string, Constant> {
  return { WORKGROUP_SIZE, PARAMETER: { f32: activation.parameter } };
}

export function epilogueBindings(problem: ConvProblem): Binding[] {
  const bindings: Binding[] = [];
  if (problem.epilogue.bias)
    bindings.push({ binding: BINDING.bias, operand: "bias", offset: 0, size: bytesFor(problem.K, problem.dtype) });
  if (problem.epilogue.residual) {
    bindings.push({ binding: BINDING.residual, operand: "residual", offset: 0, size: operandBytes(problem, "y") });
  }
  return bindings;
}

/** The snippet that defines `source` and `is_padding` for the padding mode. */
export function paddingShader(problem: ConvProblem): string {
  return `lib/padding-${problem.paddingMode}`;
}

/** The constants that shape the window of a kernel: its size, stride and dilation along depth, height and width. */
export function windowConstants({ kernel, stride, dilation }: ConvProblem): Record<string, Constant> {
  return {
    KERNEL_T: kernel[0],
    KERNEL_R: kernel[1],
    KERNEL_S: kernel[2],
    STRIDE_D: stride[0],
    STRIDE_H: stride[1],
    STRIDE_W: stride[2],
    DILATION_D: dilation[0],
    DILATION_H: dilation[1],
    DILATION_W: dilation[2],
  };
}
