// The algorithms to measure, as the library has them.
import { algorithms } from "../src/algorithms/index.ts";
import type { BenchPass } from "./layer.ts";

/** The names of all algorithms. */
export const ALGORITHMS: readonly string[] = algorithms.map(({ name }) => name);

/** The names of the algorithms that have a pass. */
export function algorithmsOf(pass: BenchPass): string[] {
  const wanted = pass === "transposed" ? "backward-data" : pass;
  return algorithms.filter(({ passes }) => passes.includes(wanted)).map(({ name }) => name);
}
