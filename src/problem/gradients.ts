// The backward passes as correlations (correlation.ts).
//
// The gradient of the weights is a correlation of the input with the gradient of the output: dw[k, c, t] = sum over n, o of
// x[n, c, o * stride + t * dilation - pad] dy[n, k, o]. Compared with the forward pass:
//
//   outputs  <-> taps
//   stride   <-> dilation
//   batch    <-> input channels
//
// Padding of every mode is that of the input, as in the forward pass.
//
// The gradient of the input at cell i sums dy[o] w[t] over every o, t with o * stride + t * dilation - pad = i: tap t meets cell i at output o.
// Cells of one residue modulo the stride meet the same taps (every (stride / gcd(stride, dilation))-th), and neighbours among them meet
// neighbouring outputs. So each residue is one phase: a dense correlation of dy with the flipped kernel of those taps, in which no zero is
// multiplied (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", section 4; the phases as in polyphase filter banks).
//
// With the cell written as o * stride + t * dilation - pad for the first tap t of its phase, all phases of as many taps see the same outputs around
// o. So they are the output channels of one correlation, which stores output o of each at its own cell (the sub-pixel convolution of Shi et al.,
// "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural network", 2016). A kernel of a multiple of
// the stride is one such correlation; others are two along an axis, since a tap of zeros would multiply infinity.
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { type Triple, eachAxis, elementCount } from "../base/shape.ts";
import { type Correlation, type Phases, forwardCorrelation, gatedOperand, operandLayouts } from "./correlation.ts";
import { type ConvProblem, NO_EPILOGUE } from "./problem.ts";

/** The correlation that computes dw of a problem. Its weights are the elements of dy, and its output channels those of y. */
export function weightGradient(problem: ConvProblem): Correlation {
  const { N, C, K, groups, kernel, output, stride, dilation } = problem;
  const forward = forwardCorrelation(problem);
  const { x, y, sizes } = operandLayouts(problem);
  const { w } = forward;
  return {
    ...forward,
    N: C / groups,
    C: groups * N,
    K,
    kernel: output,
    output: kernel,
    stride: dilation,
    dilation: stride,
    x: {
      operand: "x",
      start: 0,
      batch: x.channel,
      group: (C / groups) * x.channel,
      channel: x.batch,
      spatial: x.spatial,
    },
    w: {
      operand: "dy",
      start: 0,
      group: (K / groups) * y.channel,
      outputChannel: y.channel,
      inputChannel: y.batch,
      taps: y.spatial,
    },
    y: {
      operand: "dw",
      start: w.start,
      batch: w.inputChannel,
      group: w.group,
      channel: w.outputChannel,
      spatial: w.taps,
    },
    sizes: { x: sizes.x, w: sizes.y, y: sizes.w },
    ...gatedOperand(problem),
  };
}

/** The gradient of the input as correlations, and the steps it needs beside them. */
export interface InputGradient {
  /** Correlations of one phase or several, for all phases whose cells some output depends on. They write each of those cells once. */
  readonly correlations: readonly Correlation[];
  /** Whether some cells belong to no phase: a step fills all cells before the correlations write theirs. */
  readonly fills: boolean;
}

/** Neighbouring phases along an axis that one correlation computes: those of as many first taps. */
interface PhaseRange {
  /** The first tap of the first phase, and the number of phases. */
  readonly tap: number;
  readonly phases: number;
  /** The taps of each phase. */
  readonly taps: number;
  /** The output of the forward pass that the first and the last cell of some phase meet at its first tap. */
  readonly meets: number;
  readonly last: number;
}

/** One axis of the gradient: its number of cells, the padding before them, and the geometry of the convolution. */
interface Axis {
  readonly size: number;
  readonly pad: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Distance between neighbouring taps of a phase: of that many neighbouring taps, at most one meets a given cell. */
function tapStepOf({ stride, dilation }: Axis): number {
  return stride / greatestCommonDivisor(stride, dilation);
}

/**
 * The phases of an axis, one for each of the first taps that meets a cell, in ranges of as many taps. `even`: and of as many cells that meet the
 * same outputs, so that a range computes nothing beyond the edges.
 */
function phasesOf(axis: Axis, even: boolean): PhaseRange[] {
  const { size, pad, kernel, stride, dilation } = axis;
  const tapStep = tapStepOf(axis);
  const ranges: PhaseRange[] = [];
  for (let tap = 0, next = 0; tap < Math.min(kernel, tapStep); tap = next) {
    const taps = Math.ceil((kernel - tap) / tapStep);
    const meets = Math.ceil((pad - tap * dilation) / stride);
    const last = Math.floor((pad + size - 1 - tap * dilation) / stride);
    // The first tap of which one of the three differs.
    next = Math.min(
      tapStep,
      kernel - tapStep * (taps - 1),
      Math.ceil((pad - stride * (meets - 1)) / dilation),
      Math.floor((pad + size - 1 - stride * last) / dilation) + 1,
    );
    if (last < meets) continue;
    const range = ranges.at(-1);
    if (!even && range?.taps === taps && range.tap + range.phases === tap) {
      ranges[ranges.length - 1] = {
        ...{ tap: range.tap, phases: next - range.tap, taps },
        ...{ meets: Math.min(meets, range.meets), last: Math.max(last, range.last) },
      };
    } else ranges.push({ tap, phases: next - tap, taps, meets, last });
  }
  return ranges;
}

/** Size of the padded input along each axis. */
export function paddedSize({ input, padBegin, padEnd }: ConvProblem): Triple {
  return eachAxis((axis) => padBegin[axis] + input[axis] + padEnd[axis]);
}

/** Whether cells beyond the border repeat cells of the input. */
export function repeatsInput({ paddingMode, padBegin, padEnd }: ConvProblem): boolean {
  return paddingMode !== "zeros" && [...padBegin, ...padEnd].some((pad) => pad > 0);
}

/** The axes of the gradient. If it is folded, they are those of the padded input, which has no padding of its own. */
function axesOf(problem: ConvProblem): readonly [Axis, Axis, Axis] {
  const folds = repeatsInput(problem);
  const size = folds ? paddedSize(problem) : problem.input;
  return eachAxis((axis) => ({
    size: size[axis],
    pad: folds ? 0 : problem.padBegin[axis],
    kernel: problem.kernel[axis],
    stride: problem.stride[axis],
    dilation: problem.dilation[axis],
  }));
}

/**
 * The operands of the gradient of the input, in the roles of a correlation of dy. The geometry is that of the forward pass, without padding if
 * the gradient is folded: the whole is no correlation, but each of its phases is.
 */
export function gradientOperands(problem: ConvProblem): Correlation {
  const { N, C, K, groups, kernel, stride, dilation, layout, dtype } = problem;
  const { w } = forwardCorrelation(problem);
  const { y: dy, sizes } = operandLayouts(problem);
  const folds = repeatsInput(problem);
  const axes = axesOf(problem);
  const size = eachAxis((axis) => axes[axis].size);
  const { x: dx } = operandLayouts({ ...problem, input: size });
  return {
    ...{ N, C: K, K: C, groups, kernel, stride, dilation, layout, dtype },
    depthwise: C === groups,
    input: problem.output,
    output: size,
    padBegin: eachAxis((axis) => axes[axis].pad),
    paddingMode: "zeros",
    paddingValue: 0,
    epilogue: folds ? NO_EPILOGUE : problem.epilogue,
    x: { operand: "dy", start: 0, group: (K / groups) * dy.channel, ...dy },
    w: { ...w, operand: "w", outputChannel: w.inputChannel, inputChannel: w.outputChannel },
    y: { operand: folds ? "padded" : "dx", start: 0, group: (C / groups) * dx.channel, ...dx },
    sizes: { x: sizes.y, w: sizes.w, y: folds ? N * C * elementCount(size) : sizes.x },
    ...gatedOperand(problem),
  };
}

/**
 * The correlations that compute dx of a problem, or the transposed convolution, with the problem's epilogue. `even` divides phases among more of
 * them, of which none computes outputs beyond the edges.
 */
export function inputGradient(problem: ConvProblem, even = false): InputGradient {
  const whole = gradientOperands(problem);
  const axes = axesOf(problem);
  const perAxis = axes.map((axis) => phasesOf(axis, even));
  const [slices, rows, columns] = perAxis as [PhaseRange[], PhaseRange[], PhaseRange[]];
  const correlations = slices.flatMap((d) =>
    rows.flatMap((h) => columns.map((w) => correlationOf(whole, axes, [d, h, w]))),
  );
  const reached = perAxis.map((ranges) => ranges.reduce((sum, { phases }) => sum + phases, 0));
  return { correlations, fills: axes.some(({ stride, size }, axis) => reached[axis]! < Math.min(stride, size)) };
}

/** The correlation that computes a range of phases along each axis. */
function correlationOf(
  whole: Correlation,
  axes: readonly [Axis, Axis, Axis],
  ranges: readonly [PhaseRange, PhaseRange, PhaseRange],
): Correlation {
  const { stride, w, y } = whole;
  const tapStep = eachAxis((axis) => tapStepOf(axes[axis]));
  const dilation = eachAxis((axis) => (whole.dilation[axis] * tapStep[axis]) / stride[axis]);
  const counts = eachAxis((axis) => ranges[axis].phases);
  // The cell of output `meets` of the forward pass at the first tap.
  const first = eachAxis(
    (axis) => ranges[axis].meets * stride[axis] + ranges[axis].tap * whole.dilation[axis] - axes[axis].pad,
  );
  const phases: Phases = {
    ...{ counts, stride, first, step: whole.dilation, cells: whole.output, weights: w.taps },
    outputs: eachAxis((axis) => y.spatial[axis] * whole.dilation[axis]),
  };
  const several = elementCount(counts);
  return {
    ...whole,
    K: whole.K * several,
    kernel: eachAxis((axis) => ranges[axis].taps),
    output: eachAxis((axis) => ranges[axis].last - ranges[axis].meets + 1),
    stride: [1, 1, 1],
    dilation,
    // The first output meets output `meets` of the forward pass at the first tap, and output `meets - (taps - 1) * dilation` at the last.
    padBegin: eachAxis((axis) => (ranges[axis].taps - 1) * dilation[axis] - ranges[axis].meets),
    w: {
      ...w,
      // From the last tap of the phase back to its first.
      start: ranges.reduce(
        (at, { tap, taps }, axis) => at + (tap + (taps - 1) * tapStep[axis]!) * w.taps[axis]!,
        w.start,
      ),
      taps: eachAxis((axis) => -tapStep[axis] * w.taps[axis]),
    },
    y: {
      ...y,
      start: first.reduce((sum, cell, axis) => sum + cell * y.spatial[axis]!, y.start),
      spatial: eachAxis((axis) => y.spatial[axis] * stride[axis]),
    },
    ...(several > 1 && { phases }),
  };
}
