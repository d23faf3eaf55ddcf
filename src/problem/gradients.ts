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
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { type Triple, eachAxis, elementCount } from "../base/shape.ts";
import { type Correlation, forwardCorrelation, gatedOperand, operandLayouts } from "./correlation.ts";
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
  /** One correlation for each phase whose cells some output depends on. They write each of those cells once. */
  readonly phases: readonly Correlation[];
  /** Whether some cells belong to no phase: a step fills all cells before the phases write theirs. */
  readonly fills: boolean;
  /** Whether the border repeats input cells: the phases then write the gradient of the padded input, to be folded into that of the input. */
  readonly folds: boolean;
}

/** One residue modulo the stride along an axis: its cells, and the taps and outputs they meet. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** The first tap, the number of taps, and the distances between neighbouring taps and between the outputs they meet. */
  readonly tap: number;
  readonly taps: number;
  readonly tapStep: number;
  readonly dilation: number;
  /** The output that the first cell meets at the first tap. */
  readonly meets: number;
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

/** The first cell at which a tap meets an output. */
function firstCell({ pad, stride, dilation }: Axis, tap: number): number {
  return (((tap * dilation - pad) % stride) + stride) % stride;
}

/** The phases of an axis: one for each of the first `tapStep` taps that meets a cell, so there are at most as many as taps. */
function phasesOf(axis: Axis): Phase[] {
  const { size, pad, kernel, stride, dilation } = axis;
  const tapStep = tapStepOf(axis);
  const phases: Phase[] = [];
  for (let tap = 0; tap < Math.min(kernel, tapStep); tap++) {
    const first = firstCell(axis, tap);
    if (first >= size) continue;
    phases.push({
      first,
      count: Math.ceil((size - first) / stride),
      ...{ tap, taps: Math.ceil((kernel - tap) / tapStep), tapStep, dilation: (dilation * tapStep) / stride },
      meets: (first + pad - tap * dilation) / stride,
    });
  }
  return phases.toSorted((a, b) => a.first - b.first);
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

/** Number of phases of the gradient of the input, counted without computing them. */
export function phaseCount(problem: ConvProblem): number {
  const counts = axesOf(problem).map((axis) => {
    const taps = Math.min(axis.kernel, tapStepOf(axis));
    if (axis.stride <= axis.size) return taps;
    let count = 0;
    for (let tap = 0; tap < taps; tap++) if (firstCell(axis, tap) < axis.size) count++;
    return count;
  });
  return counts.reduce((product, count) => product * count, 1);
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

/** The correlations that compute dx of a problem, or the transposed convolution, with the problem's epilogue. */
export function inputGradient(problem: ConvProblem): InputGradient {
  const whole = gradientOperands(problem);
  const axes = axesOf(problem);
  const perAxis = axes.map(phasesOf);
  const phases: Correlation[] = [];
  for (const d of perAxis[0]!) {
    for (const h of perAxis[1]!) {
      for (const w of perAxis[2]!) {
        const phase = [d, h, w] as const;
        phases.push({
          ...whole,
          kernel: eachAxis((axis) => phase[axis].taps),
          output: eachAxis((axis) => phase[axis].count),
          stride: [1, 1, 1],
          dilation: eachAxis((axis) => phase[axis].dilation),
          // The first cell meets output `meets` at the first tap, and output `meets - (taps - 1) * dilation` at the last.
          padBegin: eachAxis((axis) => (phase[axis].taps - 1) * phase[axis].dilation - phase[axis].meets),
          w: {
            ...whole.w,
            // From the last tap of the phase back to its first.
            start: phase.reduce(
              (at, { tap, taps, tapStep }, axis) => at + (tap + (taps - 1) * tapStep) * whole.w.taps[axis]!,
              whole.w.start,
            ),
            taps: eachAxis((axis) => -phase[axis].tapStep * whole.w.taps[axis]),
          },
          y: {
            ...whole.y,
            start: phase.reduce((sum, { first }, axis) => sum + first * whole.y.spatial[axis]!, 0),
            spatial: eachAxis((axis) => whole.y.spatial[axis] * whole.stride[axis]),
          },
        });
      }
    }
  }
  const fills = axes.some(({ stride, size }, axis) => perAxis[axis]!.length < Math.min(stride, size));
  return { phases, fills, folds: repeatsInput(problem) };
}
