// The algorithms to measure, as the library has them.
import { algorithms } from "../src/algorithms/hardware.ts";

/** The names of all algorithms, each of which computes every pass. */
export const ALGORITHMS: readonly string[] = algorithms.map(({ name }) => name);
