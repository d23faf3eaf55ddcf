// Puts the data of a job on the GPU: random operands of its pass, freed together.
import type { ConvDescriptor, ConvInputs, ConvProblem, Engine } from "convoke";
import { descriptorOf, problemOf } from "../../bench/layer.ts";
import type { Operand, GroundTruth } from "./ground-truth.ts";
import type { Job } from "./jobs.ts";
import { randomNumbers, until } from "./slices.ts";

/** The operands of each pass, and for each the operand of the forward convolution with the same shape. */
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
  /** As the engine plans it: a transposed convolution is the backward-data pass of the convolution whose adjoint it is. */
  readonly descriptor: ConvDescriptor;
  readonly inputs: ConvInputs;
  readonly operands: readonly [Operand, Operand];
  /** Computed on first use, for all algorithms on this data. */
  groundTruth?: Promise<GroundTruth>;
  free(): void;
}

/** Returns the shape of x, w or y in the layout of the problem. */
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

/** Returns the problem of a job, and the descriptor to plan. */
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
    // Before generating the values, of which there may be hundreds of millions.
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
      // Uses half-precision values as rounded.
      operands.push({ name, shape, values: dtype === "f16" ? await until(signal, tensor.read()) : made });
    }
    const [first, second] = operands as [Operand, Operand];
    return { problem, descriptor, inputs, operands: [first, second], free };
  } catch (error) {
    free();
    throw error;
  }
}
