// What a tiling costs, for choosing among them and among algorithms: numbers loaded, which is what the kernels here spend their time on.
import type { Correlation } from "../correlation.ts";
import { blockOf } from "./blocks.ts";
import { type Tiling, passSizes, perAxis, spectrumSize, tileCells, tileCount } from "./tiling.ts";

/** Numbers that a small adapter loads in a second. */
const LOADS_PER_SECOND = 3e8;

/** Multiply-adds that cost as much as a load. */
const OPERATIONS_PER_LOAD = 15;

/** Seconds that a dispatch takes by itself. */
const DISPATCH_SECONDS = 20e-6;

/** Estimated seconds of a run. */
export function estimate(correlation: Correlation, tiling: Tiling): number {
  const tiles = tileCount(correlation, tiling);
  const spectrum = spectrumSize(tiling);
  const { C, K, groups } = correlation;
  const [stepO, stepP] = perAxis(tiling, ({ outputs }) => outputs);
  const [d, h] = perAxis(tiling, ({ length }) => length);
  const inPlace = passSizes(tiling).length - 1;
  // A complex number is two; its address and rotation cost about one more.
  const forward = C * tiles * (2 * tileCells(tiling) + 3 * spectrum * inPlace);
  const back = K * tiles * (3 * spectrum * inPlace + 3 * spectrum * ((stepO * stepP) / (d * h)));
  const { tileK, tileT } = blockOf(K / groups, tiles);
  const products = spectrum * tiles * K * (C / groups);
  const product = products * (2 / tileK + 2 / tileT + 4 / OPERATIONS_PER_LOAD);
  return (forward + back + product) / LOADS_PER_SECOND + (2 * inPlace + 3) * DISPATCH_SECONDS;
}
