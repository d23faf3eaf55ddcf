import type { ActivationGradient } from "../activation-gradient.ts";
// Parts of a step that every algorithm writes the same way: the snippets and bindings of the operands, of the padding and of the
// epilogue.
import type { Activation } from "../activation.ts";
import { type Dtype, bytesFor } from "../dtype.ts";
import { BINDING, type Binding, type Constant, WORKGROUP_SIZE } from "../plan.ts";
import type { Epilogue } from "../problem.ts";
import type { Correlation } from "./correlation.ts";

/** Bytes of an element of the workspace, which is float32 whatever the tensors are. */
export const F32_BYTES = 4;

/** The WGSL names of an element type in storage: of one element, and of four. Arithmetic is float32 always. */
export function elementTypes(dtype: Dtype): { one: string; four: string } {
  return dtype === "f16" ? { one: "f16", four: "vec4h" } : { one: "f32", four: "vec4f" };
}

/** The element type in which an operand of a correlation is stored. */
export function dtypeOf(c: Correlation, role: "x" | "w" | "y"): Dtype {
  return c[role].operand === "padded" ? "f32" : c.dtype;
}

/** E is the element type of the inputs of a kernel that reads tensors. */
export function inputAlias(c: Correlation): { E: string } {
  return { E: elementTypes(c.dtype).one };
}

/** Y is that of the output, and of what the epilogue reads. */
export function outputAlias(c: Correlation): { Y: string } {
  return { Y: elementTypes(dtypeOf(c, "y")).one };
}

/** The whole of the input, the weights or the output at a binding number. */
export function whole(binding: number, role: "x" | "w" | "y", c: Correlation): Binding {
  return { binding, operand: c[role].operand, offset: 0, size: bytesFor(c.sizes[role], dtypeOf(c, role)) };
}

/** What a kernel needs to load elements of one of its operands. */
export interface Loader {
  readonly shaders: readonly string[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly bindings: readonly Binding[];
}

/** The snippets that load elements as float32, by the binding that the operand has: `load` of the first, `load_weight` of the second. */
const LOADS = { [BINDING.first]: "lib/load", [BINDING.second]: "lib/load-weight" } as const;

/**
 * The input or the weights as a kernel's first or second operand, with `load` or `load_weight` to read them by: as they are stored, or
 * times the derivative of an activation where they are a gradient that has yet to pass through it.
 */
export function loader(c: Correlation, role: "x" | "w", binding: keyof typeof LOADS): Loader {
  const operand = whole(binding, role, c);
  if (!isGated(c, role)) return { shaders: [LOADS[binding]], constants: {}, bindings: [operand] };
  return gatedLoader(c.gate!.by, operand, LOADS[binding]);
}

/** Whether an operand passes through an activation gradient while it is loaded, and so one by one. */
export function isGated(c: Correlation, role: "x" | "w"): boolean {
  return c.gate?.role === role;
}

/** An operand that is loaded times a derivative, whose argument lies in a buffer like its own. */
export function gatedLoader({ activation, from }: ActivationGradient, operand: Binding, load: string): Loader {
  const { name, parameter } = activation;
  // The derivatives of these have one form for both.
  const alike = ["relu", "relu6", "leaky-relu"].includes(name);
  const snippet = from === "output" && !alike ? `${name}-output` : name;
  const logistic = snippet === "sigmoid" || snippet === "silu";
  return {
    shaders: [...(logistic ? ["lib/derivative/logistic"] : []), `lib/derivative/${snippet}`, `${load}-gated`],
    constants: { GATE_PARAMETER: { f32: parameter } },
    bindings: [operand, { ...operand, binding: BINDING.gate, operand: "gate" }],
  };
}

/** A range of the workspace at a binding number. */
export function scratch(binding: number, offset: number, size: number): Binding {
  return { binding, operand: "workspace", offset, size };
}

/** What ends a step whose sums are not the result yet. */
export const NO_EPILOGUE: Epilogue = { bias: false, residual: false, activation: { name: "none", parameter: 0 } };

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

export function epilogueBindings(c: Pick<Correlation, "epilogue" | "K" | "dtype" | "sizes">): Binding[] {
  const bindings: Binding[] = [];
  const add = (operand: "bias" | "residual", elements: number): void => {
    bindings.push({ binding: BINDING[operand], operand, offset: 0, size: bytesFor(elements, c.dtype) });
  };
  if (c.epilogue.bias) add("bias", c.K);
  if (c.epilogue.residual) add("residual", c.sizes.y);
  return bindings;
}

/** The snippet that defines `source` and `is_padding` for the padding mode. */
export function paddingShader({ paddingMode }: Correlation): string {
  return `lib/padding-${paddingMode}`;
}

/** The constants that shape the window of a kernel: its size, stride and dilation along depth, height and width. */
export function windowConstants({ kernel, stride, dilation }: Correlation): Record<string, Constant> {
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

/** The words of a uniform struct that say where the input lies: start, and strides of batch, group, channel and the three axes. */
export function inputWords({ x }: Correlation): number[] {
  return [x.start, x.batch, x.group, x.channel, ...x.spatial];
}

/** The same for the output. */
export function outputWords({ y }: Correlation): number[] {
  return [y.start, y.batch, y.group, y.channel, ...y.spatial];
}

/** And for the weights: start, and strides of group, output channel, input channel and the taps of the three axes. */
export function weightWords({ w }: Correlation): number[] {
  return [w.start, w.group, w.outputChannel, w.inputChannel, ...w.taps];
}
