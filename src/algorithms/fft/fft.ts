// fft: convolution as a product of spectra, of the whole map at once or of overlapping tiles (overlap-save), real to complex with half spectra
// (Mathieu, Henaff and LeCun, "Fast training of convolutional networks through FFTs", 2013; Vasilache et al., "Fast convolutional nets with
// fbfft", 2014). The frequencies stay in the order in which the passes leave them, which makes no difference to the products.
import { dilatedExtent } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Algorithm, type Candidate, type Unsupported, tooManyBytes, tooManyDispatches } from "../algorithm.ts";
import { divide, estimate } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import { type NoChunks, chunksOf, isFirst } from "./chunks.ts";
import { errorGrowth } from "./error.ts";
import { MAX_LENGTH } from "./lengths.ts";
import { inputSteps, outputSteps, weightSteps } from "./steps.ts";
import {
  type Tiling,
  isTiled,
  partCount,
  passSizes,
  perAxis,
  reach,
  tilingName,
  onDevice,
  tilingNamed,
  tilings,
  wholeTiling,
} from "./tiling.ts";
import { fftWork } from "./work.ts";

/** The candidate of a tiling, or why it does not fit in memory. */
function candidateOf(
  c: Correlation,
  device: DeviceTraits,
  tiling: Tiling,
  { kernels, inputs, outputs } = fftWork(c, tiling),
): Candidate | NoChunks {
  const chunks = chunksOf(c, tiling, device, outputs[0]);
  if (!("slices" in chunks)) return chunks;
  const { slices, ranges, preparedBytes, workspaceBytes, dispatches } = chunks;
  return {
    ...{ variant: tilingName(tiling), workspaceBytes, preparedBytes, dispatches },
    preparations: slices.length * passSizes(tiling).length,
    work: [
      ...kernels.flatMap((one) => divide({ ...one, prepares: true }, slices.length)),
      ...inputs.flatMap((one) => divide(one, slices.filter(isFirst).length * ranges.length)),
      ...outputs.flatMap((one) => divide(one, slices.length * ranges.length)),
    ],
    error: {
      growth: errorGrowth(c, tiling),
      spread: perAxis(tiling, (axis) => reach(axis) - 1),
      norm: "energy",
      exactOnIntegers: false,
    },
    iterations: (c.C / c.groups) * partCount(tiling),
    plan: () => ({
      steps: ranges.flatMap((tiles) =>
        slices.flatMap((slice) => [
          ...(isFirst(slice) ? inputSteps(c, tiling, slice, tiles) : []),
          ...outputSteps(c, tiling, chunks, slice, tiles),
        ]),
      ),
      workspaceBytes,
      preparation: { steps: slices.flatMap((slice) => weightSteps(c, tiling, slice)), bytes: preparedBytes },
    }),
  };
}

/** Why no tiling fits; there is none at all where a transform would be too long for one output, even of a kernel in parts. */
function refusal(c: Correlation, device: DeviceTraits, refused: readonly NoChunks[]): Unsupported {
  if (refused.length === 0) {
    const least = c.kernel.map((size, axis) => Math.min(c.stride[axis]!, dilatedExtent(size, c.dilation[axis]!)));
    return {
      reason: `the stride and the kernel span ${Math.max(...least)} cells along an axis, and no transform is longer than ${MAX_LENGTH}`,
    };
  }
  const dispatches = refused.flatMap((one) => ("tooMany" in one ? [one.tooMany] : []));
  if (dispatches.length > 0) return tooManyDispatches(Math.min(...dispatches), device);
  const bytes = refused.flatMap((one) => ("least" in one ? [one.least] : []));
  return tooManyBytes("the spectra of the weights and of one tile take at least", Math.min(...bytes), device);
}

export const fft: Algorithm = {
  name: "fft",

  candidates(c, device, variant) {
    if (variant !== undefined) {
      const tiling = tilingNamed(c, variant);
      const candidate = tiling && candidateOf(c, device, onDevice(tiling, device));
      return candidate && "plan" in candidate ? [{ ...candidate, variant }] : [];
    }
    const { rates } = device;
    const withWork = (given: Tiling) => {
      const tiling = onDevice(given, device);
      return { tiling, work: fftWork(c, tiling) };
    };
    const tiled = tilings(c)
      .filter(isTiled)
      .map(withWork)
      .map((one) => ({ ...one, seconds: estimate(Object.values(one.work).flat(), rates) }))
      .toSorted((a, b) => a.seconds - b.seconds);
    // The whole map, and the fastest tiles that fit.
    const candidates: Candidate[] = [];
    const refused: NoChunks[] = [];
    const whole = wholeTiling(c);
    for (const { tiling, work } of [...(whole ? [withWork(whole)] : []), ...tiled]) {
      const candidate = candidateOf(c, device, tiling, work);
      if (!("plan" in candidate)) refused.push(candidate);
      else {
        candidates.push(candidate);
        if (isTiled(tiling)) break;
      }
    }
    if (candidates.length === 0) return refusal(c, device, refused);
    return candidates.toSorted((a, b) => estimate(a.work, rates) - estimate(b.work, rates));
  },
};
