// Long sums: cuts a correlation whose sums take too many iterations of a loop into correlations over fewer of its terms each, and adds their results.
import { type Triple, roundUp } from "../base/shape.ts";
import { STORAGE_ALIGNMENT } from "../kernel/step.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import { type Algorithm, type Candidate, type Unsupported, tooManyBytes } from "./algorithm.ts";
import { partialBytes, partialSums, partialsOf, reduceSteps, reduceWork } from "./reduce-splits.ts";
import { inSequence, shareOf } from "./sequence.ts";
import type { DeviceTraits } from "./traits.ts";

/**
 * Most iterations of all loops of an invocation. lavapipe leaves out those past 65,535, without an error; elsewhere they would keep everything else
 * from the GPU for long.
 */
export const MAX_ITERATIONS = 60_000;

/** Returns the iterations of the loops of a candidate's longest invocation. */
export function iterationsOf(c: Correlation, { iterations = termCount(c) }: Candidate): number {
  return iterations;
}

/** The candidates of an algorithm for a correlation, none of which has an invocation of too many iterations. */
export function boundedCandidates(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate[] | Unsupported {
  const list = algorithm.candidates(c, device, variant);
  if ("reason" in list || termCount(c) <= MAX_ITERATIONS) return list;
  const bounded: Candidate[] = [];
  let refused: Unsupported | undefined;
  for (const one of list) {
    const candidate = iterationsOf(c, one) <= MAX_ITERATIONS ? one : inParts(algorithm, c, device, one);
    if ("reason" in candidate) refused = candidate;
    else bounded.push(candidate);
  }
  return bounded.length === 0 && refused ? refused : bounded;
}

/**
 * Cuts the sums of a candidate into parts, as many as bound the iterations and at least so many. Each part takes its variant, or the part's default
 * where it has none of that name.
 */
export function inParts(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  { variant, iterations = termCount(c) }: Candidate,
  atLeast = 1,
): Candidate | Unsupported {
  // Those of a part would have to be told from those of its result.
  if (c.phases)
    return {
      reason: `its sums have ${termCount(c)} terms, too many for the gradient of the input of a strided convolution`,
    };
  let parts = cut(c, Math.max(atLeast, Math.ceil(iterations / MAX_ITERATIONS)));
  for (let least = parts.length; ; least++, parts = cut(c, least)) {
    const reserved = roundUp(partialBytes(c, parts.length), STORAGE_ALIGNMENT);
    if (reserved > Math.min(device.maxBindingBytes, device.maxWorkspaceBytes))
      return tooManyBytes("the partial sums take", reserved, device);
    const addition = reduceWork(c, parts.length);
    const share = shareOf(device, reserved, parts.length, addition.length);
    const list: Candidate[] = [];
    for (const part of parts) {
      const named = algorithm.candidates(part, share, variant);
      const found = "reason" in named || named.length > 0 ? named : algorithm.candidates(part, share);
      if ("reason" in found) return found;
      list.push(found[0]!);
    }
    const most = Math.max(...list.map((one, at) => iterationsOf(parts[at]!, one)));
    if (most > MAX_ITERATIONS) continue;
    const all = inSequence(variant, list, reserved);
    return {
      ...all,
      iterations: most,
      dispatches: all.dispatches + addition.length,
      work: [...all.work, ...addition],
      plan: () => {
        const plan = all.plan();
        return { ...plan, steps: [...plan.steps, ...reduceSteps(c, partialsOf(c, parts.length))] };
      },
    };
  }
}

/** Cuts a correlation into at least `least` parts, along its channels first, then along the longest axes of its kernel. */
function cut(c: Correlation, least: number): Correlation[] {
  const sizes = [c.C / c.groups, ...c.kernel];
  const counts = sizes.map(() => 1);
  for (let parts = 1; parts < least; parts = counts.reduce((product, count) => product * count)) {
    const lengths = sizes.map((size, at) => Math.ceil(size / counts[at]!));
    const longest = lengths.indexOf(Math.max(...lengths));
    counts[longest]! *= 2;
  }
  const [channels, ...taps] = sizes.map((size, at) => rangesOf(size, counts[at]!)) as [
    Range[],
    Range[],
    Range[],
    Range[],
  ];
  const parts = channels.flatMap((channel) =>
    taps[0].flatMap((t) => taps[1].flatMap((r) => taps[2].map((s) => partOf(c, channel, [t, r, s])))),
  );
  // Each part has its place among the partial sums.
  return parts.map((part, at) => {
    const { y, ...sums } = partialSums(part, parts.length);
    return { ...sums, y: { ...y, operand: "padded", start: at * (sums.sizes.y / parts.length) } };
  });
}

interface Range {
  readonly first: number;
  readonly count: number;
}

/** At most `count` ranges of equal length, the last one shorter. */
function rangesOf(size: number, count: number): Range[] {
  const length = Math.ceil(size / count);
  return Array.from({ length: Math.ceil(size / length) }, (_, at) => ({
    first: at * length,
    count: Math.min(length, size - at * length),
  }));
}

/** The terms of a range of channels of each group, and of ranges of taps. */
function partOf(c: Correlation, channels: Range, taps: readonly [Range, Range, Range]): Correlation {
  const { padBegin, dilation, groups, x, w } = c;
  const start = taps.reduce((sum, { first }, axis) => sum + first * w.taps[axis]!, w.start);
  return {
    ...c,
    C: groups * channels.count,
    kernel: taps.map(({ count }) => count) as unknown as Triple,
    padBegin: padBegin.map((pad, axis) => pad - taps[axis]!.first * dilation[axis]!) as unknown as Triple,
    x: { ...x, start: x.start + channels.first * x.channel },
    w: { ...w, start: start + channels.first * w.inputChannel },
  };
}
