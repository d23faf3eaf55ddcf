// fft: convolution as a product of spectra, the whole map at once or in overlapping tiles (overlap-save), real to complex with half
// spectra (Mathieu, Henaff and LeCun, "Fast training of convolutional networks through FFTs", 2013; Vasilache et al., "Fast convolutional nets with
// fbfft", 2014). The frequencies stay in the order the passes leave them in; the products do not mind.
import type { Step } from "../../kernel/step.ts";
import { dilatedExtent } from "../../base/shape.ts";
import type { Method, Part, Unsupported, Variant } from "../algorithm.ts";
import type { DeviceTraits } from "../traits.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Chunks, chunksOf, sharesInput } from "./chunks.ts";
import { errorGrowth } from "./error.ts";
import { MAX_LENGTH } from "./lengths.ts";
import { inputSteps, outputSteps, weightSteps } from "./steps.ts";
import {
  type Tiling,
  isTiled,
  perAxis,
  tileCount,
  tilingName,
  tilingNamed,
  tilings,
  wholeTiling,
} from "./tiling.ts";
import { workOf } from "./work.ts";
import { estimate } from "../cost.ts";

interface FftVariant extends Variant {
  readonly tiling: Tiling;
}

const way = (tiling: Tiling): FftVariant => ({ name: tilingName(tiling), tiling });

/** The ways of a problem that fit in memory, the cheapest first: the whole map, and the best that is not. */
function waysOf(correlation: Correlation, gpu: DeviceTraits): FftVariant[] {
  const secondsOf = (tiling: Tiling): number => estimate(workOf(correlation, tiling), gpu.rates);
  const whole = wholeTiling(correlation);
  const ways: FftVariant[] = [];
  if (whole && "parts" in chunksOf(correlation, whole, gpu)) ways.push(way(whole));
  const [best] = tilings(correlation)
    .filter(isTiled)
    .map((tiling) => ({ tiling, seconds: secondsOf(tiling) }))
    .toSorted((a, b) => a.seconds - b.seconds)
    .filter(({ tiling }) => "parts" in chunksOf(correlation, tiling, gpu));
  if (best) ways.push(way(best.tiling));
  return ways.toSorted((a, b) => secondsOf(a.tiling) - secondsOf(b.tiling));
}

function refusal(correlation: Correlation, gpu: DeviceTraits): Unsupported {
  const extents = correlation.kernel.map((size, axis) => dilatedExtent(size, correlation.dilation[axis]!));
  const longest = Math.max(...extents);
  const all = [...tilings(correlation), wholeTiling(correlation)].filter((tiling) => tiling !== undefined);
  if (all.length === 0) {
    return {
      reason: `the kernel spans ${longest} cells along an axis, and no transform is longer than ${MAX_LENGTH}`,
    };
  }
  let least = Infinity;
  let fewest = Infinity;
  for (const tiling of all) {
    const chunks = chunksOf(correlation, tiling, gpu);
    if ("least" in chunks) least = Math.min(least, chunks.least);
    if ("tooMany" in chunks) fewest = Math.min(fewest, chunks.tooMany);
  }
  if (fewest < Infinity) {
    return {
      reason: `in ${gpu.maxWorkspaceBytes} bytes of workspace it takes ${fewest} dispatches at least, more than the ${gpu.maxDispatches} allowed`,
    };
  }
  return {
    reason: `the spectra of the weights and of one tile take ${least} bytes at least, more than the ${gpu.maxWorkspaceBytes} of workspace or the ${gpu.maxBindingBytes} of a binding allowed`,
  };
}

function stepsOf(correlation: Correlation, tiling: Tiling, chunks: Chunks): Step[] {
  const total = tileCount(correlation, tiling);
  const steps = [];
  for (const part of chunks.parts) {
    // The parts of one group share their input, which the first of them transforms, unless another range of tiles came in between.
    for (let first = 0; first < total; first += chunks.tiles) {
      const tiles = { first, count: Math.min(chunks.tiles, total - first) };
      if (!sharesInput(part, chunks.tiles, total)) steps.push(...inputSteps(correlation, tiling, part, tiles));
      steps.push(...outputSteps(correlation, tiling, chunks, part, tiles));
    }
  }
  return steps;
}

export const fft: Method<FftVariant> = {
  name: "fft",
  supports(correlation, gpu) {
    return waysOf(correlation, gpu).length > 0 ? true : refusal(correlation, gpu);
  },

  variants: waysOf,

  named(correlation, gpu, name) {
    const tiling = tilingNamed(correlation, name);
    return tiling && "parts" in chunksOf(correlation, tiling, gpu) ? { name, tiling } : undefined;
  },

  dispatches(correlation, gpu, { tiling }) {
    const chunks = chunksOf(correlation, tiling, gpu);
    return "parts" in chunks ? chunks.dispatches : Infinity;
  },

  plan(correlation, gpu, { name, tiling }): Part {
    const chunks = chunksOf(correlation, tiling, gpu);
    if (!("parts" in chunks)) throw new Error(`fft: ${name} was planned for other traits`);
    return {
      steps: stepsOf(correlation, tiling, chunks),
      workspaceBytes: chunks.workspaceBytes,
      preparation: {
        steps: chunks.parts.flatMap((part) => weightSteps(correlation, tiling, part)),
        bytes: chunks.preparedBytes,
      },
    };
  },

  errorGrowth: (correlation, { tiling }) => errorGrowth(correlation, tiling),

  errorSpread: (_problem, { tiling }) => perAxis(tiling, ({ length }) => length - 1),

  errorNorm: "energy",

  exactOnIntegers: () => false,

  work: (correlation, _gpu, { tiling }) => workOf(correlation, tiling),
};
