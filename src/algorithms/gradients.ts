// The backward passes as correlations (correlation.ts).
//
// The gradient of the weights is a correlation of the input with the gradient of the output: dw[k, c, t] = sum over n, o of
// x[n, c, o * stride + t * dilation - pad] dy[n, k, o]. Taps are its outputs and outputs its taps, so stride and dilation change
// places, channels are its batch and the batch its channels. Padding of every mode is that of the input, as in the forward pass.
//
// The gradient of the input at cell i gathers dy[o] w[t] from every o, t with o * stride + t * dilation - pad = i. Cells of one residue of
// the stride meet the same taps, every (stride / gcd(stride, dilation))-th, and neighbouring ones neighbouring outputs: each phase is a
// dense correlation of dy with the flipped kernel of those taps, and no zero is multiplied (Dumoulin and Visin, "A guide to convolution
// arithmetic for deep learning", section 4; the phases as in polyphase filter banks).
import type { ConvProblem } from "../problem.ts";
import { type Triple, elementCount } from "../shape.ts";
import { type Correlation, type TensorView, forwardCorrelation, gateOf, operandLayouts } from "./correlation.ts";
import { NO_EPILOGUE } from "./parts.ts";

const AXES = [0, 1, 2] as const;

function along<T>(value: (axis: 0 | 1 | 2) => T): readonly [T, T, T] {
  return [value(0), value(1), value(2)];
}

/** dw of a problem. Its weights are the elements of dy, and its output channels those of y. */
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
    ...gateOf(problem),
  };
}

/** Cells of the gradient of the input that no output depends on: a lattice of them along each axis, for every image and channel. */
export interface Untouched {
  readonly cells: Triple;
  readonly y: TensorView;
}

export interface InputGradient {
  /** One correlation for each phase whose cells some output depends on. They write every cell of it together with `untouched`. */
  readonly phases: readonly Correlation[];
  readonly untouched: readonly Untouched[];
  /** Where the border repeats input cells the phases write the gradient of the padded input, to be folded into that of the input. */
  readonly folds: boolean;
}

/** Cells of one residue of the stride along an axis, and what they meet. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** First tap and number of taps, none where no output depends on the cells; the distances of taps and of their outputs. */
  readonly tap: number;
  readonly taps: number;
  readonly tapStep: number;
  readonly dilation: number;
  /** The output that the first cell meets at the first tap. */
  readonly meets: number;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The phases of an axis of `size` cells that starts `pad` cells into the padded input. */
function phasesOf(size: number, pad: number, kernel: number, stride: number, dilation: number): Phase[] {
  const common = greatestCommonDivisor(stride, dilation);
  const tapStep = stride / common;
  const phases: Phase[] = [];
  for (let first = 0; first < Math.min(stride, size); first++) {
    let tap = 0;
    // Taps of the residue repeat after tapStep of them: where none of those fits, none does.
    while (tap < Math.min(kernel, tapStep) && (first + pad - tap * dilation) % stride !== 0) tap++;
    const taps = tap < Math.min(kernel, tapStep) ? Math.ceil((kernel - tap) / tapStep) : 0;
    phases.push({
      first,
      count: Math.ceil((size - first) / stride),
      ...{ tap, taps, tapStep, dilation: dilation / common },
      meets: (first + pad - tap * dilation) / stride,
    });
  }
  return phases;
}

/** Size of the padded input along each axis: what `padded` holds where the gradient is folded. */
export function paddedSize({ input, padBegin, padEnd }: ConvProblem): Triple {
  return along((axis) => padBegin[axis] + input[axis] + padEnd[axis]);
}

/** Whether cells beyond the border repeat cells of the input. */
export function repeatsInput({ paddingMode, padBegin, padEnd }: ConvProblem): boolean {
  return paddingMode !== "zeros" && [...padBegin, ...padEnd].some((pad) => pad > 0);
}

/** dx of a problem, or the transposed convolution that is the same: with the problem's epilogue. */
export function inputGradient(problem: ConvProblem): InputGradient {
  const { N, C, K, groups, kernel, stride, dilation, layout } = problem;
  const forward = forwardCorrelation(problem);
  const { y: dy, sizes } = operandLayouts(problem);
  const folds = repeatsInput(problem);
  // Folding takes the gradient of the padded input, in a buffer of its own: that of a convolution without padding.
  const size = folds ? paddedSize(problem) : problem.input;
  const whole = operandLayouts({ ...problem, input: size });
  const dx: TensorView = {
    operand: folds ? "padded" : "dx",
    start: 0,
    group: (C / groups) * whole.x.channel,
    ...whole.x,
  };
  const perAxis = AXES.map((axis) =>
    phasesOf(size[axis], folds ? 0 : problem.padBegin[axis], kernel[axis], stride[axis], dilation[axis]),
  );
  const phases: Correlation[] = [];
  const untouched: Untouched[] = [];
  for (const d of perAxis[0]!) {
    for (const h of perAxis[1]!) {
      for (const w of perAxis[2]!) {
        const phase = [d, h, w] as const;
        const cells = along((axis) => phase[axis].count);
        const view: TensorView = {
          ...dx,
          start: phase.reduce((sum, { first }, axis) => sum + first * dx.spatial[axis]!, 0),
          spatial: along((axis) => dx.spatial[axis] * stride[axis]),
        };
        if (phase.some(({ taps }) => taps === 0)) {
          untouched.push({ cells, y: view });
          continue;
        }
        const kernelTaps = along((axis) => phase[axis].taps);
        phases.push({
          ...{ N, C: K, K: C, groups, layout, dtype: problem.dtype },
          input: problem.output,
          kernel: kernelTaps,
          output: cells,
          stride: [1, 1, 1],
          dilation: along((axis) => phase[axis].dilation),
          // The first cell meets output `meets` at the first tap, and at the last one an output so many steps before.
          padBegin: along((axis) => (phase[axis].taps - 1) * phase[axis].dilation - phase[axis].meets),
          paddingMode: "zeros",
          paddingValue: 0,
          epilogue: folds ? NO_EPILOGUE : problem.epilogue,
          x: { operand: "dy", start: 0, group: (K / groups) * dy.channel, ...dy },
          w: {
            operand: "w",
            // From the last tap of the phase back to its first.
            start: phase.reduce(
              (at, { tap, taps, tapStep }, axis) => at + (tap + (taps - 1) * tapStep) * forward.w.taps[axis]!,
              forward.w.start,
            ),
            group: forward.w.group,
            outputChannel: forward.w.inputChannel,
            inputChannel: forward.w.outputChannel,
            taps: along((axis) => -phase[axis].tapStep * forward.w.taps[axis]),
          },
          y: view,
          sizes: { x: sizes.y, w: sizes.w, y: folds ? N * C * elementCount(size) : sizes.x },
          ...gateOf(problem),
        });
      }
    }
  }
  return { phases, untouched, folds };
}
