// Computes the small map on the engine, one algorithm after another, and by the reference. Loaded on demand.
import type { Engine, Tensor } from "convoke";
import { conv } from "convoke/reference";
import type { Matrix } from "./matrix.ts";
import type { AlgorithmName, Problem } from "./way.ts";

export type Compared =
  | { readonly difference: number; readonly variant: string }
  /** Why the engine did not compute it. */
  | { readonly refused: string };

/** Returns the largest difference of an algorithm's result from the reference, or the failure. */
export async function compareOne(
  engine: Engine,
  algorithm: AlgorithmName,
  { x, w, dilation }: Problem,
): Promise<Compared> {
  try {
    return await run(engine, algorithm, x, w, dilation);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

async function run(
  engine: Engine,
  algorithm: AlgorithmName,
  map: Matrix,
  kernel: Matrix,
  dilation: number,
): Promise<Compared> {
  const x = { data: Float32Array.from(map.flat()), shape: [1, 1, map.length, map.length] };
  const w = { data: Float32Array.from(kernel.flat()), shape: [1, 1, kernel.length, kernel.length] };
  const plan = await engine.plan("forward", { inputShape: x.shape, kernelShape: w.shape, dilation }, { algorithm });
  const tensors: Tensor[] = [];
  try {
    const input = engine.tensor(x.data, x.shape);
    tensors.push(input);
    const weights = engine.tensor(w.data, w.shape);
    tensors.push(weights);
    const y = plan.run({ x: input, w: weights });
    tensors.push(y);
    const values = await y.read();
    const exact = conv(x, w, { dilation }).data;
    const difference = values.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
    return { difference, variant: plan.variant };
  } finally {
    for (const tensor of tensors) tensor.destroy();
    plan.destroy();
  }
}
