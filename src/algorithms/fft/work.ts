// The work of a tiling, by which tilings and algorithms are ranked.
import { elementCount } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "../cost.ts";
import { blockOf } from "./blocks.ts";
import {
  type Tiling,
  inputTiles,
  partCount,
  passSizes,
  perAxis,
  spectrumSize,
  tileCells,
  tileCount,
} from "./tiling.ts";

/** The work of all passes over all tiles: into spectra, their product, and back. */
export interface FftWork {
  /** Of the weights, where they are a gradient, which is transformed in every run. */
  readonly kernels: readonly Work[];
  readonly inputs: readonly Work[];
  /** The product first. */
  readonly outputs: readonly [Work, ...Work[]];
}

export function fftWork(c: Correlation, tiling: Tiling): FftWork {
  const tiles = tileCount(c, tiling);
  const inputs = c.N * elementCount(perAxis(tiling, inputTiles));
  const pairs = (c.C / c.groups) * partCount(tiling);
  const spectrum = spectrumSize(tiling);
  const { C, K, groups } = c;
  const [stepO, stepP] = perAxis(tiling, ({ outputs }) => outputs);
  const [d, h] = perAxis(tiling, ({ length }) => length);
  const [first, ...inPlace] = passSizes(tiling) as [number, ...number[]];
  // A complex number counts as two numbers, loaded and stored.
  const passes = (signals: number): Work[] =>
    inPlace.map((size) => ({
      threads: (signals * spectrum) / size,
      multiplyAdds: 4 * Math.log2(size) * signals * spectrum,
      loads: 4 * signals * spectrum,
      bytes: numberBytes(4 * signals * spectrum),
    }));
  const intoSpectra = (signals: number): Work[] => [
    {
      threads: (signals * tileCells(tiling)) / first,
      multiplyAdds: 2 * Math.log2(first) * signals * tileCells(tiling),
      loads: 3 * signals * tileCells(tiling),
      bytes: numberBytes(signals * tileCells(tiling), 2 * signals * spectrum),
    },
    ...passes(signals),
  ];
  const { tileK, tileT } = blockOf(K / groups, tiles, tiling[0].held);
  const blocks = spectrum * groups * Math.ceil(K / groups / tileK) * Math.ceil(tiles / tileT);
  const terms = blocks * pairs;
  const product: Work = {
    threads: blocks,
    multiplyAdds: 4 * terms * tileK * tileT,
    loads: 2 * terms * (tileK + tileT) + 3 * spectrum * K * tiles,
    bytes: numberBytes(2 * spectrum * (C * inputs + pairs * K + K * tiles)),
    // Neighbouring threads compute other frequencies, which share nothing.
    traffic: numberBytes(2 * terms * (tileK + tileT) + 2 * spectrum * K * tiles),
  };
  const rows = (K * tiles * spectrum * stepO * stepP) / (d * h);
  const outputs = K * tiles * perAxis(tiling, (axis) => axis.outputs).reduce((all, size) => all * size, 1);
  const back: Work = {
    threads: (2 * rows) / first,
    multiplyAdds: 4 * Math.log2(first) * rows,
    loads: 2 * rows + OUTPUT_LOADS * outputs,
    bytes: numberBytes(2 * rows, outputs),
  };
  return {
    kernels: c.w.operand === "w" ? [] : intoSpectra(pairs * K),
    inputs: intoSpectra(C * inputs),
    outputs: [product, ...passes(K * tiles), back],
  };
}
