// The windows of pooling: every accepted form of the options, in one canonical geometry.
import { refuse, words } from "../../../base/error.ts";
import { type Triple, dilatedExtent, outputSize, toTriple } from "../../../base/shape.ts";
import { checkBoolean, checkPerAxis } from "../../../base/validate.ts";
import { type Padding, resolvePadding } from "../../../problem/padding.ts";
import type { FeatureMap } from "./feature-map.ts";

/** The options that say where windows lie. */
export interface WindowOptions {
  /** Cells of a window: a number for all axes, or one for each. */
  kernelSize: number | readonly number[];
  /** Step between windows; kernelSize by default, as in PyTorch. */
  stride?: number | readonly number[];
  /** Distance between cells of a window, 1 by default. */
  dilation?: number | readonly number[];
  /**
   * As for a convolution, 0 by default. Where a window that sees only padding has no result (a mean of no cells, the position of none), every
   * window must contain a cell of the input; else its maximum is -Infinity and its sum 0.
   */
  padding?: Padding;
  /**
   * Whether to include a window that the end of the input cuts off, if it begins in the input or in the padding before it; false by
   * default.
   */
  ceilMode?: boolean;
}

/** The options of the gradient of a pooling by windows. */
export interface WindowBackwardOptions extends WindowOptions {
  /** The shape of the pooling's x. */
  inputShape: readonly number[];
}

export const WINDOW_KEYS = ["kernelSize", "stride", "dilation", "padding", "ceilMode"] as const;

/** The windows along the three spatial axes. */
export interface Windows {
  readonly kernel: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly padBegin: Triple;
  readonly padEnd: Triple;
  /** Windows along each axis. */
  readonly output: Triple;
}

/**
 * The windows on a feature map. Takes the same time whatever the sizes.
 * @param mayBeEmpty whether windows may contain no cell
 * @throws ConvError naming the invalid option
 */
export function windowsOf({ size, rank }: FeatureMap, options: WindowOptions, mayBeEmpty = false): Windows {
  const input = size.slice(3 - rank);
  const kernel = checkPerAxis("kernelSize", options.kernelSize, rank, 1);
  const stride = options.stride === undefined ? kernel : checkPerAxis("stride", options.stride, rank, 1);
  const dilation = checkPerAxis("dilation", options.dilation ?? 1, rank, 1);
  const pads = resolvePadding(options.padding, input, kernel, stride, dilation);
  const ceil = checkBoolean("ceilMode", options.ceilMode ?? false);
  const output = input.map((cells, axis) => {
    const [begin, end] = pads[axis]!;
    if (ceil && end < 0)
      refuse("invalid-argument", "ceilMode", true, `false: windows would reach the cells that padding ${end} removes`);
    const extent = dilatedExtent(kernel[axis]!, dilation[axis]!);
    if (extent > cells + begin + end)
      refuse(
        "empty-output",
        `kernelSize (spatial axis ${axis})`,
        words(`${kernel[axis]} cells spanning ${extent}`),
        `at most the padded input, ${cells + begin + end} cells`,
      );
    const whole = outputSize(cells, kernel[axis]!, stride[axis]!, dilation[axis]!, begin, end);
    const rest = (cells + begin + end - extent) % stride[axis]!;
    const windows = ceil && rest > 0 && whole * stride[axis]! < cells + begin ? whole + 1 : whole;
    const empty = mayBeEmpty ? -1 : emptyWindow(windows, kernel[axis]!, stride[axis]!, dilation[axis]!, begin, cells);
    if (empty >= 0)
      refuse(
        "invalid-argument",
        `padding (spatial axis ${axis})`,
        [begin, end],
        `less: window ${empty} contains no cell of the input`,
      );
    return windows;
  });
  return {
    kernel: toTriple(kernel, 1),
    stride: toTriple(stride, 1),
    dilation: toTriple(dilation, 1),
    padBegin: toTriple(
      pads.map(([begin]) => begin),
      0,
    ),
    padEnd: toTriple(
      pads.map(([, end]) => end),
      0,
    ),
    output: toTriple(output, 1),
  };
}

/** The first window whose taps all lie beside the `cells` of an axis, or -1. */
function emptyWindow(
  windows: number,
  kernel: number,
  stride: number,
  dilation: number,
  begin: number,
  cells: number,
): number {
  // The cells lie behind the last tap, before the first one or, where taps are so far apart, between taps gap - 1 and gap.
  for (let gap = kernel; gap >= 0; gap = dilation > cells || gap === 0 ? gap - 1 : 0) {
    const first = gap === kernel ? 0 : Math.max(0, Math.ceil((begin + cells - gap * dilation) / stride));
    if (first < windows && (gap === 0 || first * stride < begin - (gap - 1) * dilation)) return first;
  }
  return -1;
}

/** The feature map with one cell for each window. */
export function pooled(map: FeatureMap, { output }: Windows): FeatureMap {
  return { ...map, size: output };
}
