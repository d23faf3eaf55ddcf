// fft: convolution as a product of spectra, of the whole map at once or of overlapping tiles (overlap-save), real to complex with half spectra
// (Mathieu, Henaff and LeCun, "Fast training of convolutional networks through FFTs", 2013; Vasilache et al., "Fast convolutional nets with
// fbfft", 2014). The frequencies stay in the order in which the passes leave them, which makes no difference to the products.
import { dilatedExtent } from "../../base/shape.ts";
import type { Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import {
  type Algorithm,
  type Candidate,
  type PartialPlan,
  type Unsupported,
  tooManyBytes,
  tooManyDispatches,
} from "../algorithm.ts";
import { type Work, divide, estimate } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import { type Chunks, chunksOf, isFirst } from "./chunks.ts";
import { errorGrowth } from "./error.ts";
import { MAX_LENGTH } from "./lengths.ts";
import { inputSteps, outputSteps, weightSteps } from "./steps.ts";
import { type Tiling, isTiled, perAxis, reach, tilingName, tilingNamed, tilings, wholeTiling } from "./tiling.ts";
import { fftWork } from "./work.ts";

/** A tiling that fits in memory. */
interface Fit {
  readonly tiling: Tiling;
  readonly chunks: Chunks;
  /** The work of each dispatch. */
  readonly work: readonly Work[];
  readonly seconds: number;
}

function fitOf(c: Correlation, device: DeviceTraits, tiling: Tiling): Fit | undefined {
  const chunks = chunksOf(c, tiling, device);
  if (!("slices" in chunks)) return undefined;
  const { kernels, inputs, product, back } = fftWork(c, tiling);
  const { slices, ranges } = chunks;
  const each = (list: readonly Work[], count: number): Work[] => list.flatMap((one) => divide(one, count));
  const work = [
    ...each(kernels, slices.length),
    ...each(inputs, ranges.length * slices.filter(isFirst).length),
    ...each([product, ...back], ranges.length * slices.length),
  ];
  return { tiling, chunks, work, seconds: estimate(work, device.rates) };
}

/** The tilings worth trying that fit, the fastest first: the whole map, and the best one with several tiles. */
function bestFits(c: Correlation, device: DeviceTraits): Fit[] {
  const whole = wholeTiling(c);
  const byEstimate = tilings(c)
    .filter(isTiled)
    .map((tiling) => {
      const { kernels, inputs, product, back } = fftWork(c, tiling);
      return { tiling, seconds: estimate([...kernels, ...inputs, product, ...back], device.rates) };
    })
    .toSorted((a, b) => a.seconds - b.seconds);
  const fits = [whole && fitOf(c, device, whole)];
  for (const { tiling } of byEstimate) {
    const fit = fitOf(c, device, tiling);
    if (!fit) continue;
    fits.push(fit);
    break;
  }
  return fits.filter((fit) => fit !== undefined).toSorted((a, b) => a.seconds - b.seconds);
}

/** Why no tiling fits. */
function refusal(c: Correlation, device: DeviceTraits): Unsupported {
  // One output along each axis sees as much, of a kernel in parts.
  const least = c.kernel.map((size, axis) => Math.min(c.stride[axis]!, dilatedExtent(size, c.dilation[axis]!)));
  const all = [...tilings(c), wholeTiling(c)].filter((tiling) => tiling !== undefined);
  if (all.length === 0) {
    return {
      reason: `the stride and the kernel span ${Math.max(...least)} cells along an axis, and no transform is longer than ${MAX_LENGTH}`,
    };
  }
  let leastBytes = Infinity;
  let fewestDispatches = Infinity;
  for (const tiling of all) {
    const chunks = chunksOf(c, tiling, device);
    if ("least" in chunks) leastBytes = Math.min(leastBytes, chunks.least);
    if ("tooMany" in chunks) fewestDispatches = Math.min(fewestDispatches, chunks.tooMany);
  }
  if (fewestDispatches < Infinity) return tooManyDispatches(fewestDispatches, device);
  return tooManyBytes("the spectra of the weights and of one tile take at least", leastBytes, device);
}

function stepsOf(c: Correlation, tiling: Tiling, chunks: Chunks): Step[] {
  return chunks.ranges.flatMap((tiles) =>
    chunks.slices.flatMap((slice) => [
      ...(isFirst(slice) ? inputSteps(c, tiling, slice, tiles) : []),
      ...outputSteps(c, tiling, chunks, slice, tiles),
    ]),
  );
}

function fftPlan(c: Correlation, { tiling, chunks }: Fit): PartialPlan {
  return {
    steps: stepsOf(c, tiling, chunks),
    workspaceBytes: chunks.workspaceBytes,
    preparation: {
      steps: chunks.slices.flatMap((slice) => weightSteps(c, tiling, slice)),
      bytes: chunks.preparedBytes,
    },
  };
}

function candidateOf(c: Correlation, fit: Fit): Candidate {
  const { tiling, chunks, work } = fit;
  return {
    variant: tilingName(tiling),
    workspaceBytes: chunks.workspaceBytes,
    preparedBytes: chunks.preparedBytes,
    dispatches: chunks.dispatches,
    work,
    error: {
      growth: errorGrowth(c, tiling),
      spread: perAxis(tiling, (axis) => reach(axis) - 1),
      norm: "energy",
      exactOnIntegers: false,
    },
    plan: () => fftPlan(c, fit),
  };
}

export const fft: Algorithm = {
  name: "fft",

  candidates(c, device, variant) {
    if (variant !== undefined) {
      const tiling = tilingNamed(c, variant);
      const fit = tiling && fitOf(c, device, tiling);
      return fit ? [{ ...candidateOf(c, fit), variant }] : [];
    }
    const fits = bestFits(c, device);
    return fits.length > 0 ? fits.map((fit) => candidateOf(c, fit)) : refusal(c, device);
  },
};
