// Runs a bank of filters on the photo, with the geometry of a network's first layer.
import type { Shape } from "../../bench/layer.ts";
import { pageEngine } from "../common/engine.ts";
import { outputSize } from "./arithmetic.ts";
import type { FilterBank } from "./filters.ts";

export interface FeatureMaps {
  readonly size: number;
  /** A map of `size` x `size` for each filter. */
  readonly maps: readonly Float32Array[];
  readonly algorithm: string;
}

export async function runFilters(layer: Shape, input: Float32Array, bank: FilterBank): Promise<FeatureMaps> {
  const engine = await pageEngine();
  const { channels, kernel, stride, padding } = layer;
  const count = bank.labels.length;
  const inputShape = [1, channels, ...layer.input];
  const kernelShape = [count, channels, ...kernel];
  const plan = await engine.plan("forward", { inputShape, kernelShape, stride, padding });
  const made: { destroy(): void }[] = [plan];
  const kept = <T extends { destroy(): void }>(one: T): T => {
    made.push(one);
    return one;
  };
  try {
    const x = kept(engine.tensor(input, inputShape));
    const w = kept(engine.tensor(bank.weights, kernelShape));
    const y = kept(plan.run({ x, w }));
    const values = await y.read();
    const size = outputSize(layer);
    const maps = Array.from({ length: count }, (_, at) => values.subarray(at * size * size, (at + 1) * size * size));
    return { size, maps, algorithm: plan.algorithm };
  } finally {
    for (const one of made) one.destroy();
  }
}
