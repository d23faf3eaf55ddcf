// The operands of correlation kernels: their bindings, element types and uniforms, and the snippets that load them and apply the epilogue.
import biasShader from "../../shaders/lib/bias.wgsl";
import epilogueShader from "../../shaders/lib/epilogue.wgsl";
import loadGatedShader from "../../shaders/lib/load-gated.wgsl";
import loadWeightGatedShader from "../../shaders/lib/load-weight-gated.wgsl";
import loadWeightShader from "../../shaders/lib/load-weight.wgsl";
import loadShader from "../../shaders/lib/load.wgsl";
import noBiasShader from "../../shaders/lib/no-bias.wgsl";
import noResidualShader from "../../shaders/lib/no-residual.wgsl";
import outputChannelsShader from "../../shaders/lib/output-channels.wgsl";
import residualShader from "../../shaders/lib/residual.wgsl";
import weightChannelsShader from "../../shaders/lib/weight-channels.wgsl";
import { type Dtype, bytesFor } from "../base/dtype.ts";
import { eachAxis, elementCount } from "../base/shape.ts";
import { activationShaders, derivativeShaders } from "../kernel/activation.ts";
import { type ThreadDispatch, type WorkgroupDispatch, dispatch } from "../kernel/dispatch.ts";
import { elementTypes } from "../kernel/element-types.ts";
import { paddingSnippet } from "../kernel/padding.ts";
import type { Shader } from "../kernel/shader.ts";
import { BINDING, type Binding, type Constant, type Step } from "../kernel/step.ts";
import type { Uniforms } from "../kernel/uniforms.ts";
import type { ActivationGradient } from "../problem/activation-gradient.ts";
import { type Correlation, repeatsAgain, seenCells } from "../problem/correlation.ts";
import type { Operand } from "../problem/operand.ts";
import { numberBytes } from "./cost.ts";

/** The element type in which an operand of a correlation is stored. */
export function dtypeOf<R extends "x" | "w" | "y">(c: Pick<Correlation, R | "dtype">, role: R): Dtype {
  return c[role].operand === "padded" || c[role].operand === "workspace" ? "f32" : c.dtype;
}

/** The whole input, weights or output at a binding number. */
export function whole<R extends "x" | "w" | "y">(
  binding: number,
  role: R,
  c: Pick<Correlation, R | "dtype" | "sizes">,
): Binding {
  return { binding, operand: c[role].operand, offset: 0, size: bytesFor(c.sizes[role], dtypeOf(c, role)) };
}

/** Snippets of a kernel, with the aliases, constants and bindings that they need. */
export interface Snippets {
  readonly shaders: readonly Shader[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, Constant>>;
  readonly bindings: readonly Binding[];
}

/** The snippets that load elements as float32, by the binding of the operand: the first defines `load`, the second `load_weight`. */
const LOADS = {
  [BINDING.first]: { plain: loadShader, gated: loadGatedShader },
  [BINDING.second]: { plain: loadWeightShader, gated: loadWeightGatedShader },
} as const;

/**
 * The loader of the input or the weights as a kernel's first or second operand: loads them as they are stored, or multiplied by the derivative
 * of an activation if the correlation gates them. That of the weights also finds those of a channel (`weights_of`).
 */
export function loader(c: Correlation, role: "x" | "w", binding: keyof typeof LOADS): Snippets {
  const operand = whole(binding, role, c);
  const gate = isGated(c, role) ? c.gated!.by : undefined;
  const { shaders, ...load } = loaderOf(operand, gate);
  return {
    ...load,
    shaders: role === "w" ? [...shaders, weightChannelsShader] : shaders,
    aliases: { E: elementTypes(c.dtype).one },
  };
}

/** Whether an operand is multiplied by the derivative of an activation while it is loaded, which takes one element at a time. */
export function isGated(c: Correlation, role: "x" | "w"): boolean {
  return c.gated?.role === role;
}

/**
 * The loader of an operand, which multiplies it by the derivative of an activation if a gradient is given. The derivative is computed from the
 * operand `gate`, which has the same size.
 */
export function loaderOf(operand: Binding, gradient: ActivationGradient | undefined): Omit<Snippets, "aliases"> {
  const { plain, gated } = LOADS[operand.binding as keyof typeof LOADS];
  if (!gradient) return { shaders: [plain], constants: {}, bindings: [operand] };
  const { activation, from } = gradient;
  return {
    shaders: [...derivativeShaders(activation.name, from), gated],
    constants: { GATE_PARAMETER: { f32: activation.parameter } },
    bindings: [operand, { ...operand, binding: BINDING.gate, operand: "gate" }],
  };
}

/** The fields of a kernel beside its snippets; `ranges` lists only what the snippets do not bind. */
type Rest = (Omit<ThreadDispatch<Operand>, "ranges"> | Omit<WorkgroupDispatch<Operand>, "ranges">) & {
  readonly ranges?: readonly Binding[];
};

/** Returns the step of a kernel that starts with the given snippets. */
export function dispatchOn(snippets: readonly (Partial<Snippets> | undefined)[], rest: Rest): Step {
  const list = [...snippets, { ...rest, bindings: rest.ranges }];
  return dispatch({
    ...rest,
    shaders: list.flatMap((one) => one?.shaders ?? []),
    aliases: Object.assign({}, ...list.map((one) => one?.aliases)),
    constants: Object.assign({}, ...list.map((one) => one?.constants)),
    ranges: list.flatMap((one) => one?.bindings ?? []),
  });
}

/** The snippets that load the input as the first operand, with its padding: they define `load`, `source` and `is_padding`. */
export function paddedInput(c: Correlation): Snippets {
  const input = loader(c, "x", BINDING.first);
  const padding = paddingSnippet(c.paddingMode, repeatsAgain(c));
  return {
    ...input,
    shaders: [...input.shaders, padding.shader],
    constants: { ...input.constants, ...padding.constants, PADDING_VALUE: { f32: c.paddingValue } },
  };
}

/** How many distinct numbers of each operand a correlation reads or writes. A range of its outputs or terms needs a part of them. */
export function numbersOf(c: Correlation): Readonly<Record<"x" | "w" | "y", number>> {
  const { N, C, K, groups, input, kernel, output, sizes } = c;
  const seen = seenCells(c);
  const cells = eachAxis((axis) => Math.min(input[axis], seen[axis]));
  return {
    x: Math.min(sizes.x, N * C * elementCount(cells)),
    w: Math.min(sizes.w, (C / groups) * K * elementCount(kernel)),
    y: Math.min(sizes.y, N * K * elementCount(output)),
  };
}

/** Bytes that a correlation reads and writes, each once, as float32. */
export function operandBytes(c: Correlation): number {
  return numberBytes(...Object.values(numbersOf(c)));
}

/** A range of the workspace at a binding number. */
export function scratch(binding: number, offset: number, size: number): Binding {
  return { binding, operand: "workspace", offset, size };
}

/** A range of the prepared weights at a binding number. */
export function preparedRange(binding: number, offset: number, size: number): Binding {
  return { binding, operand: "prepared", offset, size };
}

/** The snippets of a correlation's epilogue (`load_bias`, `finish`) and output channels (`channel_of`, `is_cell`), the alias Y, and the bindings: that of the output, then the epilogue's. */
export function result(c: Pick<Correlation, "epilogue" | "K" | "dtype" | "sizes" | "y" | "phases">): Snippets {
  const { activation, bias, residual } = c.epilogue;
  const bindings: Binding[] = [whole(BINDING.output, "y", c)];
  const add = (operand: "bias" | "residual", elements: number): void => {
    bindings.push({ binding: BINDING[operand], operand, offset: 0, size: bytesFor(elements, c.dtype) });
  };
  if (bias) add("bias", c.K / (c.phases ? elementCount(c.phases.counts) : 1));
  if (residual) add("residual", c.sizes.y);
  return {
    shaders: [
      ...activationShaders(activation.name),
      bias ? biasShader : noBiasShader,
      residual ? residualShader : noResidualShader,
      epilogueShader,
      outputChannelsShader,
    ],
    aliases: { Y: elementTypes(dtypeOf(c, "y")).one },
    constants: { PARAMETER: { f32: activation.parameter } },
    bindings,
  };
}

/** The constants that shape a window: its stride and dilation along depth, height and width, and the layout. */
export function windowConstants({ stride, dilation, layout }: Correlation): Readonly<Record<string, Constant>> {
  return {
    ...alongAxes("STRIDE_", stride),
    ...alongAxes("DILATION_", dilation),
    CHANNELS_LAST: layout === "channels-last",
  };
}

const AXES = { input: "DHW", output: "OPQ", taps: "TRS" } as const;

/** Values along depth, height and width as uniforms or constants: `pad` and [1, 2, 3] give padD, padH and padW. */
export function alongAxes<T extends number | boolean = number>(
  prefix: string,
  values: readonly [T, T, T],
  axes: keyof typeof AXES = "input",
): Readonly<Record<string, T>> {
  const [a, b, c] = AXES[axes];
  return { [prefix + a]: values[0], [prefix + b]: values[1], [prefix + c]: values[2] };
}

/** The size, padding and memory layout of the input: the uniforms inputD, ..., padD, ..., xStart, xStrideN, ...G, ...C, ...D, ...H, ...W. */
export function inputUniforms({ x, input, padBegin }: Correlation): Uniforms {
  return {
    ...alongAxes("input", input),
    ...alongAxes("pad", padBegin),
    xStart: x.start,
    xStrideN: x.batch,
    xStrideG: x.group,
    xStrideC: x.channel,
    ...alongAxes("xStride", x.spatial),
  };
}

/** Where the output channels lie: the uniforms yChannels of the snippet that `result` brings. */
export function channelUniforms({ y, phases }: Pick<Correlation, "y" | "phases">): Uniforms {
  return {
    stride: y.channel,
    ...(phases && {
      ...alongAxes("first", phases.first),
      ...alongAxes("cells", phases.cells),
      ...alongAxes("phase", phases.outputs),
    }),
  };
}

/** The size and the memory layout of the output: the uniforms outputO, ..., yStart, yStrideN, ...O, ...P, ...Q and yChannels. */
export function outputUniforms(c: Correlation): Uniforms {
  const { y, output } = c;
  return {
    ...alongAxes("output", output, "output"),
    yStart: y.start,
    yStrideN: y.batch,
    ...alongAxes("yStride", y.spatial, "output"),
    yChannels: channelUniforms(c),
  };
}

/** The size of the kernel, which in a gradient of weights is that of a feature map: the uniforms kernelT, ...R, ...S. */
export function kernelUniforms({ kernel }: Correlation): Uniforms {
  return alongAxes("kernel", kernel, "taps");
}

/** Whether the weights of a correlation are a feature map, dy, whose size changes from call to call. */
export function isMap({ w }: Correlation): boolean {
  return w.operand === "dy";
}

/**
 * Columns of a row to take at once if the weights are a map, whose size changes. Networks on images of 224 x 224 have maps of 7, 14, 28 and 56
 * columns, which end with a step. Other rows may end within one.
 */
export function mapColumns({ kernel }: Correlation): number {
  return kernel[2] % 8 === 0 ? 8 : 7;
}

/** Where the weights of the output channels of a group lie: the uniforms wChannels of the snippet that the loader of weights brings. */
export function weightChannels({ w, phases }: Correlation): Uniforms {
  return { stride: w.outputChannel, ...(phases && alongAxes("phase", phases.weights)) };
}

/** The memory layout of the weights: the uniforms wStart, wStrideG, ...C, ...T, ...R, ...S and wChannels. */
export function weightUniforms(c: Correlation): Uniforms {
  const { w } = c;
  return {
    wStart: w.start,
    wStrideG: w.group,
    wStrideC: w.inputChannel,
    ...alongAxes("wStride", w.taps, "taps"),
    wChannels: weightChannels(c),
  };
}
