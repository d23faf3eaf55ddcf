// The data of a job on the GPU: random operands of its pass, freed together.
import type { ConvDescriptor, ConvInputs, ConvProblem, Engine } from "convoke";
import { descriptorOf, problemOf } from "../../bench/layer.ts";
import type { Operand, GroundTruth } from "./ground-truth.ts";
import type { Job } from "./jobs.ts";
import { randomNumbers, until } from "./slices.ts";

/** What each pass reads, and the operand of the forward convolution that has the same shape. */
const READS = {
  forward: [
    ["x", "x"],
    ["w", "w"],
  ],
  "backward-data": [
    ["dy", "y"],
    ["w", "w"],
  ],
  "backward-weights": [
    ["x", "x"],
    ["dy", "y"],
  ],
} as const;

export interface Prepared {
  readonly problem: ConvProblem;
  /** As the engine plans it: a transposed convolution is the backward-data pass of the one that it is the adjoint of. */
  readonly descriptor: ConvDescriptor;
  readonly inputs: ConvInputs;
  readonly operands: readonly [Operand, Operand];
  /** Computed when it is first wanted, for all algorithms on this data. */
  groundTruth?: Promise<GroundTruth>;
  free(): void;
}

/** The shape of x, w or y, in the layout of the problem. */
export function shapeOf(problem: ConvProblem, operand: "x" | "w" | "y"): number[] {
  const { rank, N, C, K, groups, layout } = problem;
  const first = layout === "channels-first";
  const own = (axes: readonly number[]): number[] => axes.slice(3 - rank);
  if (operand === "w") return first ? [K, C / groups, ...own(problem.kernel)] : [...own(problem.kernel), C / groups, K];
  const [channels, axes] = operand === "x" ? [C, own(problem.input)] : [K, own(problem.output)];
  return first ? [N, channels, ...axes] : [N, ...axes, channels];
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The problem of a job, and the descriptor to plan it from. */
export function describeJob({ layer, pass, batch, layout, dtype }: Job): {
  problem: ConvProblem;
  descriptor: ConvDescriptor;
} {
  const described = descriptorOf(layer, pass, { batch, layout, dtype });
  const problem = problemOf(pass, described);
  return { problem, descriptor: { ...described, inputShape: shapeOf(problem, "x") } };
}

export async function prepare(engine: Engine, job: Job, signal: AbortSignal): Promise<Prepared> {
  const { problem, descriptor } = describeJob(job);
  const { layout, dtype } = job;
  const most = engine.info.limits["maxStorageBufferBindingSize"] ?? Infinity;
  for (const operand of ["x", "w", "y"] as const) {
    // Before the numbers are made up, of which there may be hundreds of millions.
    const bytes = count(shapeOf(problem, operand)) * (dtype === "f16" ? 2 : 4);
    if (bytes > most) throw new Error(`its ${operand} has ${bytes} bytes, and this adapter binds ${most} at most`);
  }
  const inputs: ConvInputs = {};
  const free = (): void => {
    for (const tensor of Object.values(inputs)) tensor.destroy();
  };
  try {
    const operands: Operand[] = [];
    for (const [at, [name, operand]] of READS[problem.pass].entries()) {
      const shape = shapeOf(problem, operand);
      const made = await randomNumbers(count(shape), at + 1, signal);
      const tensor = engine.tensor(made, shape, { layout, dtype });
      inputs[name] = tensor;
      // Halves are what they were rounded to.
      operands.push({ name, shape, values: dtype === "f16" ? await until(signal, tensor.read()) : made });
    }
    const [first, second] = operands as [Operand, Operand];
    return { problem, descriptor, inputs, operands: [first, second], free };
  } catch (error) {
    free();
    throw error;
  }
}
