// The ground truth of a result, computed apart from the measured engine: by the CPU reference if that is quick, else by the algorithm `direct` on
// a second engine, so that the first one compiles no extra kernel.
import { type Engine, type Tensor, conv, convBackwardData, convBackwardWeights, convTranspose } from "../src/index.ts";
import { type ConvDescriptor, type ConvProblem, type GeometryOptions, multiplyAdds } from "../src/problem/problem.ts";
import { backwardData, backwardWeights, forwardSum } from "../src/reference.ts";
import type { BenchPass } from "./layer.ts";
import type { Check } from "./protocol.ts";

/** The most multiply-adds for the CPU reference, which takes about a second for ten times as many. */
const REFERENCE_MULTIPLY_ADDS = 5e6;

export interface GroundTruth {
  readonly expected: ArrayLike<number>;
  /** The largest of the sums over magnitudes, which error bounds refer to. */
  readonly largest: number;
  readonly against: Check["against"];
}

/** An operand of a pass, by the name that a plan gives it. */
export interface Operand {
  readonly name: "x" | "w" | "dy";
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export async function groundTruth(
  judge: Engine,
  pass: BenchPass,
  descriptor: ConvDescriptor,
  problem: ConvProblem,
  operands: readonly Operand[],
): Promise<GroundTruth> {
  const quick = multiplyAdds(problem) <= REFERENCE_MULTIPLY_ADDS;
  const compute = async (given: readonly Operand[]): Promise<ArrayLike<number> & Iterable<number>> =>
    quick ? onCpu(problem, given) : onGpu(judge, pass, descriptor, given);
  const expected = await compute(operands);
  const sums = await compute(operands.map((one) => ({ ...one, values: one.values.map(Math.abs) })));
  // On a software adapter the second call starts a compilation beside whatever runs next.
  if (!quick) await judge.settled();
  let largest = 0;
  for (const sum of sums) largest = Math.max(largest, sum);
  return { expected, largest, against: quick ? "reference" : "direct" };
}

function onCpu(problem: ConvProblem, [first, second]: readonly Operand[]): Float64Array {
  const compute = { forward: forwardSum, "backward-data": backwardData, "backward-weights": backwardWeights };
  return compute[problem.pass](problem, first!.values, second!.values);
}

async function onGpu(
  judge: Engine,
  pass: BenchPass,
  descriptor: ConvDescriptor,
  operands: readonly Operand[],
): Promise<Float32Array> {
  const { inputShape, kernelShape, layout, stride, dilation, padding, groups } = descriptor;
  const geometry: GeometryOptions = { stride, dilation, padding, groups };
  const tensors = operands.map(({ values, shape }) => judge.tensor(values, shape, { layout }));
  const [a, b] = tensors as [Tensor, Tensor];
  const direct = { ...geometry, algorithm: "direct" };
  const compute: Record<BenchPass, () => Tensor> = {
    forward: () => conv(a, b, direct),
    transposed: () => convTranspose(a, b, direct),
    "backward-data": () => convBackwardData(a, b, { ...direct, inputShape }),
    "backward-weights": () => convBackwardWeights(a, b, { ...direct, kernelShape }),
  };
  try {
    const result = compute[pass]();
    try {
      return await result.read();
    } finally {
      result.destroy();
    }
  } finally {
    for (const tensor of tensors) tensor.destroy();
  }
}
