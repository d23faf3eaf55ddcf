// Convolutions.
import { describe } from "../../base/error.ts";
import { dilatedExtent } from "../../base/shape.ts";
import type { Padding } from "../../problem/padding.ts";
import type { Values } from "../attributes.ts";
import { type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

/** The attributes of windows, which convolutions and pooling share. */
export const WINDOW = {
  auto_pad: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"],
  dilations: "numbers",
  kernel_shape: "numbers",
  pads: "numbers",
  strides: "numbers",
} as const;

interface PaddingAttributes {
  readonly auto_pad?: string;
  readonly pads?: readonly number[] | undefined;
}

/** [begin, end] for each spatial axis, of a list of all begins and then all ends. */
export function pairs(node: NodeLowering<unknown>, list: readonly number[], rank: number): [number, number][] {
  if (list.length !== 2 * rank) node.refuse("pads", list, `${2 * rank} numbers`);
  return Array.from({ length: rank }, (_, axis) => [list[axis]!, list[axis + rank]!]);
}

/** The padding that a node has. */
export function paddingOf(node: NodeLowering<PaddingAttributes>, rank: number): Padding {
  const { auto_pad, pads } = node.attributes;
  if (auto_pad === "SAME_UPPER") return "same";
  if (auto_pad === "SAME_LOWER") return "same-lower";
  return auto_pad === "VALID" || !pads ? 0 : pairs(node, pads, rank);
}

/** The spatial sizes of the weights, which the attribute repeats. */
export function kernelOf(
  node: NodeLowering<unknown>,
  w: Operand,
  given: readonly number[] | undefined,
): readonly number[] {
  const kernel = w.shape.slice(2);
  if (given && given.join() !== kernel.join())
    node.refuse("kernel_shape", given, `${describe(kernel)}, as the weights have`);
  return kernel;
}

/** A convolution by the attributes of a node. */
export function convolved(
  node: NodeLowering<
    PaddingAttributes &
      Values<Pick<typeof WINDOW, "dilations" | "strides" | "kernel_shape">> & { readonly group: number }
  >,
  x: Operand,
  w: Operand,
  bias?: Operand,
): Operand {
  const { dilations: dilation = 1, strides: stride = 1, group: groups, kernel_shape } = node.attributes;
  const { length: rank } = kernelOf(node, w, kernel_shape);
  return node.call("conv", { x, w, bias }, { stride, dilation, padding: paddingOf(node, rank), groups });
}

const Conv = operator([2, 3], { ...WINDOW, group: 1 }, (node) =>
  convolved(node, node.input(0), node.input(1), node.inputs[2]),
);

const ConvTranspose = operator(
  [2, 3],
  { ...WINDOW, group: 1, output_padding: "numbers", output_shape: "numbers" },
  (node) => {
    const [x, w, bias] = [node.input(0), node.input(1), node.inputs[2]];
    const { auto_pad, dilations, strides, group: groups, kernel_shape, output_padding, output_shape } = node.attributes;
    const kernel = kernelOf(node, w, kernel_shape);
    const ones = kernel.map(() => 1);
    const [stride, dilation] = [strides ?? ones, dilations ?? ones];
    const outputPadding = output_padding ?? kernel.map(() => 0);
    const isSame = auto_pad.startsWith("SAME");
    // Some files give it with the batch and the channels.
    const given = output_shape?.slice(-kernel.length);
    const padding =
      given || isSame
        ? kernel.map((taps, axis): [number, number] => {
            const cells = x.shape[axis + 2]!;
            const whole = stride[axis]! * (cells - 1) + outputPadding[axis]! + dilatedExtent(taps, dilation[axis]!);
            const size = given ? given[axis]! : cells * stride[axis]!;
            if (!(size > 0 && size <= whole)) node.refuse("output_shape", size, `at most the ${whole} cells computed`);
            const [less, more] = [Math.floor((whole - size) / 2), Math.ceil((whole - size) / 2)];
            return auto_pad === "SAME_UPPER" ? [less, more] : [more, less];
          })
        : paddingOf(node, kernel.length);
    return node.call("convTranspose", { x, w, bias }, { stride, dilation, padding, groups, outputPadding });
  },
);

export const convolutions: Readonly<Record<string, OnnxOperator>> = { Conv, ConvTranspose };
