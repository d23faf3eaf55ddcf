// Forward and transposed convolution with their epilogue: activation(sum + bias[channel] + residual[same element]).
import { refuse } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { activationValue } from "./activation.ts";
import { tensorStrides } from "./geometry.ts";
import { toFloat64 } from "./ndarray.ts";
import { backwardData, forwardSum } from "./passes.ts";

/** The operands of a problem's epilogue: each must be given exactly if `problem.epilogue` has it. */
export interface EpilogueOperands {
  /** One number for each channel of the result. */
  readonly bias?: ArrayLike<number> | undefined;
  /** As many numbers as the result has, in its layout. */
  readonly residual?: ArrayLike<number> | undefined;
}

/** Applies the problem's epilogue, in place, to sums with the shape and layout of its x or y. */
function finish(
  problem: ConvProblem,
  operand: "x" | "y",
  sums: Float64Array,
  operands: EpilogueOperands,
): Float64Array {
  const channels = operand === "x" ? problem.C : problem.K;
  const bias = epilogueOperand("bias", problem.epilogue.bias, operands.bias, channels);
  const residual = epilogueOperand("residual", problem.epilogue.residual, operands.residual, sums.length);
  const { batch, channel, cell } = tensorStrides(problem, operand);
  const cells = elementCount(operand === "x" ? problem.input : problem.output);
  for (let n = 0; n < problem.N; n++) {
    for (let k = 0; k < channels; k++) {
      for (let place = 0; place < cells; place++) {
        const i = n * batch + k * channel + place * cell;
        let value = sums[i]!;
        if (bias) value += bias[k]!;
        if (residual) value += residual[i]!;
        sums[i] = activationValue(problem.epilogue.activation, value);
      }
    }
  }
  return sums;
}

function epilogueOperand(
  name: "bias" | "residual",
  wanted: boolean,
  given: ArrayLike<number> | undefined,
  count: number,
): Float64Array | undefined {
  if (wanted !== (given !== undefined)) {
    refuse("invalid-argument", name, given, wanted ? `${count} numbers` : `none: the problem has no ${name}`);
  }
  return given && toFloat64(name, given, count);
}

/**
 * y = activation(conv(x, w) + bias + residual), as problem.epilogue has it.
 * @throws ConvError if the length of an array does not fit the problem, or bias or residual is given but unused, or missing
 */
export function forward(
  problem: ConvProblem,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  operands: EpilogueOperands = {},
): Float64Array {
  return finish(problem, "y", forwardSum(problem, x, w), operands);
}

/**
 * The transposed convolution of a problem from transposedProblem: its backward-data pass, with the epilogue on the result.
 * @param x has the shape of the problem's y, and the result that of its x.
 * @throws ConvError if the length of an array does not fit the problem, or bias or residual is given but unused, or missing
 */
export function transposed(
  problem: ConvProblem,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  operands: EpilogueOperands = {},
): Float64Array {
  return finish(problem, "x", backwardData(problem, x, w), operands);
}
