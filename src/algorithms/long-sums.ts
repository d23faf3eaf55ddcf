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
    const { variant: name } = one;
    const least = Math.ceil(iterationsOf(c, one) / MAX_ITERATIONS);
    const candidate = least <= 1 ? one : inParts(algorithm, c, device, name, least);
    if ("reason" in candidate) refused = candidate;
    else bounded.push(candidate);
  }
  return bounded.length === 0 && refused ? refused : bounded;
}

/**
 * The candidates of parts of a correlation, or why one of them has none. Those of equal parts are worked out once, and each part plans its own: parts
 * are equal if they differ only in where their operands start, in the same place of a vector and of a binding.
 */
export function ofEachPart(
  parts: readonly Correlation[],
  candidateOf: (part: Correlation) => Candidate | Unsupported,
): readonly Candidate[] | Unsupported {
  const known = new Map<string, Candidate | Unsupported>();
  const list: Candidate[] = [];
  for (const part of parts) {
    const { N, C, kernel, output } = part;
    const starts = [part.x, part.w, part.y].map(({ start }) => start % STORAGE_ALIGNMENT);
    const key = JSON.stringify([N, C, kernel, output, starts]);
    const found = known.get(key) ?? candidateOf(part);
    known.set(key, found);
    if ("reason" in found) return found;
    list.push({ ...found, plan: () => (candidateOf(part) as Candidate).plan() });
  }
  return list;
}

/**
 * Cuts the sums of a correlation into parts, as many as bound the iterations and at least so many. Each part takes the variant, or its default where it
 * has none of that name.
 */
export function inParts(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  variant: string,
  atLeast: number,
): Candidate | Unsupported {
  // Those of a part would have to be told from those of its result.
  if (c.phases)
    return {
      reason: `its sums have ${termCount(c)} terms, too many for the gradient of the input of a strided convolution`,
    };
  let parts = cut(c, atLeast);
  for (let least = parts.length; ; least++, parts = cut(c, least)) {
    const reserved = roundUp(partialBytes(c, parts.length), STORAGE_ALIGNMENT);
    if (reserved > Math.min(device.maxBindingBytes, device.maxWorkspaceBytes))
      return tooManyBytes("the partial sums take", reserved, device);
    const addition = reduceWork(c, parts.length);
    const share = shareOf(device, reserved, parts.length, addition.length);
    const list = ofEachPart(parts, (part) => {
      const named = algorithm.candidates(part, share, variant);
      const found = "reason" in named || named.length > 0 ? named : algorithm.candidates(part, share);
      return "reason" in found ? found : found[0]!;
    });
    if ("reason" in list) return list;
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
  const [channels, ...taps] = sizes.map((size, at) => rangesOf(size, Math.ceil(size / counts[at]!))) as [
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

/** A range of an axis, or of the batch. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** The ranges of an axis that have a length, the last one shorter. */
export function rangesOf(size: number, length: number): Range[] {
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
