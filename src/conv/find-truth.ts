// The ground truth that the results of a search are compared with.
import { SEQUENTIAL_SUM } from "../algorithms/algorithm.ts";
import type { Ranked } from "../planner/choose.ts";
import type { ConvDescriptor, ConvProblem } from "../problem/problem.ts";
import type { ConvInputs } from "./operands.ts";
import type { MeasuredPlan, Workbench } from "./workbench.ts";

/** Seconds by estimate that `direct` may take to compute the ground truth. */
const LONGEST_TRUTH = 2;

/** The values of every tensor that a plan of the problem reads. */
export type Inputs = readonly { name: keyof ConvInputs; shape: number[]; values: Float32Array }[];

/** The descriptor of the bare sum, without epilogue and activation gradient, and with the magnitude of the padding value. */
function bareSum(descriptor: ConvDescriptor): ConvDescriptor {
  const { bias: _, residual: __, activation: ___, activationGradient: ____, paddingValue, ...plain } = descriptor;
  return { ...plain, ...(paddingValue !== undefined && { paddingValue: Math.abs(paddingValue) }) };
}

/** The algorithm that computes the ground truth: `direct`, the simplest, or where that takes too long the fastest that sums term by term as well. */
export function algorithmOfTruth(ranked: readonly Ranked[]): string {
  const exact = ranked.filter(({ candidate: { error } }) => error.growth === SEQUENTIAL_SUM.growth);
  const direct = exact.find(({ algorithm }) => algorithm === "direct");
  return direct && direct.seconds > LONGEST_TRUTH ? exact[0]!.algorithm : "direct";
}

async function resultOf(plan: MeasuredPlan, inputs: ConvInputs): Promise<Float32Array> {
  const result = plan.run(inputs);
  try {
    return await result.read();
  } finally {
    result.destroy();
  }
}

/** Computes the ground truth: the result of an algorithm on the data, and the largest sum of magnitudes of its terms. */
export async function groundTruth(
  workbench: Pick<Workbench, "plan" | "ranked" | "tensor">,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  inputs: ConvInputs,
  data: Inputs,
): Promise<{ expected: Float32Array; largest: number }> {
  const algorithm = algorithmOfTruth(workbench.ranked({}));
  const truth = await workbench.plan(problem.pass, descriptor, { algorithm });
  try {
    const expected = await resultOf(truth, inputs);
    const plain = await workbench.plan(problem.pass, bareSum(descriptor), { algorithm });
    const sizes: ConvInputs = {};
    try {
      for (const { name, values, shape } of data) {
        if (name === "x" || name === "w" || name === "dy") sizes[name] = workbench.tensor(values.map(Math.abs), shape);
      }
      const sums = await resultOf(plain, sizes);
      return { expected, largest: sums.reduce((most, sum) => Math.max(most, sum), 0) };
    } finally {
      plain.destroy();
      for (const tensor of Object.values(sizes)) tensor.destroy();
    }
  } finally {
    truth.destroy();
  }
}
