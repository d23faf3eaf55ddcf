// The ground truth of a result: the sums of the CPU reference if that takes only seconds, else the sums of the algorithm "direct"; and the
// largest sum over magnitudes, which error bounds refer to.
import type { ConvDescriptor, ConvInputs, ConvProblem, Engine, Tensor } from "convoke";
import { askWorker } from "./ask-worker.ts";
import { multiplyAddsOf } from "./bound.ts";
import type { ReferenceAnswer, ReferenceQuestion } from "./reference-worker.ts";
import type { RowCheck } from "./rows.ts";
import { largestOf, magnitudes, until } from "./slices.ts";

/** An operand of a pass, by the name that a plan gives it. */
export interface Operand {
  readonly name: "x" | "w" | "dy";
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface GroundTruth {
  readonly expected: ArrayLike<number>;
  readonly largest: number;
  readonly against: RowCheck["against"];
}

type Operands = readonly [Operand, Operand];

async function byReference(problem: ConvProblem, [a, b]: Operands, signal: AbortSignal): Promise<Float64Array> {
  const worker = new Worker(new URL("./reference-worker.ts", import.meta.url), { type: "module" });
  const question: ReferenceQuestion = { problem, first: a.values, second: b.values };
  return (await askWorker<ReferenceAnswer>(worker, question, signal)).sums;
}

async function byDirect(
  engine: Engine,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  operands: Operands,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { layout, dtype } = problem;
  const planned = engine.plan(problem.pass, descriptor, { algorithm: "direct" });
  const plan = await until(signal, planned, (late) => late.destroy());
  const inputs: ConvInputs = {};
  let result: Tensor | undefined;
  try {
    for (const { name, values, shape } of operands) inputs[name] = engine.tensor(values, shape, { layout, dtype });
    result = plan.run(inputs);
    return await until(signal, result.read());
  } finally {
    result?.destroy();
    for (const tensor of Object.values(inputs)) tensor.destroy();
    plan.destroy();
  }
}

/** @param most the most multiply-adds for the reference */
export async function groundTruthOf(
  engine: Engine,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  operands: Operands,
  most: number,
  signal: AbortSignal,
): Promise<GroundTruth> {
  const [a, b] = operands;
  const unsigned: Operands = [
    { ...a, values: await magnitudes(a.values, signal) },
    { ...b, values: await magnitudes(b.values, signal) },
  ];
  if (multiplyAddsOf(problem) <= most) {
    const [expected, sums] = await Promise.all([
      byReference(problem, operands, signal),
      byReference(problem, unsigned, signal),
    ]);
    return { expected, largest: await largestOf(sums, signal), against: "reference" };
  }
  const expected = await byDirect(engine, problem, descriptor, operands, signal);
  const sums = await byDirect(engine, problem, descriptor, unsigned, signal);
  return { expected, largest: await largestOf(sums, signal), against: "direct" };
}
