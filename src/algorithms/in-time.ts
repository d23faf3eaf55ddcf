// Keeps dispatches short. Where one would take longer than MAX_SECONDS, the correlation is cut into several of the same kind, over ranges of its
// batch or of its outputs, which the same algorithm computes one after the other. Where few threads have long sums that shortens none, as in
// gradients of weights by direct: there the sums are cut, and a last step adds the parts.
import { type Triple, eachAxis } from "../base/shape.ts";
import type { Correlation } from "../problem/correlation.ts";
import { type Algorithm, type Candidate, SEQUENTIAL_SUM } from "./algorithm.ts";
import { MAX_SECONDS, estimate } from "./cost.ts";
import { partialBytes, partialSums, partialsOf, reduceSteps, reduceWork } from "./reduce-splits.ts";
import type { DeviceTraits } from "./traits.ts";

/** An axis to cut: that of the batch (of the channels, for terms), or one of the three of the output (of the kernel). */
type Cut = "first" | 0 | 1 | 2;
const CUTS = ["first", 0, 1, 2] as const;

/** Most dispatches beside those of the parts: they add the parts of sums. */
const BESIDE = 2;

/** A part that takes more than this share of the time of the whole is no better. */
const SHORTER = 0.9;

/** Parts that take more than so many times the time of the whole, because each has few threads, are not worth it. */
const SLOWER = 3;

function replaced(triple: Triple, at: Cut, value: number): Triple {
  return eachAxis((axis) => (axis === at ? value : triple[axis]));
}

/** A range of the outputs of a correlation. */
function outputRange(c: Correlation, at: Cut, first: number, count: number): Correlation {
  if (at === "first") {
    const [x, y] = [c.x, c.y].map((view) => ({ ...view, start: view.start + first * view.batch }));
    return { ...c, N: count, x: x!, y: y! };
  }
  return {
    ...c,
    output: replaced(c.output, at, count),
    padBegin: replaced(c.padBegin, at, c.padBegin[at] - first * c.stride[at]),
    y: { ...c.y, start: c.y.start + first * c.y.spatial[at] },
  };
}

/** A range of the terms of a correlation: of the channels of each group, or of the taps along an axis. */
function termRange(c: Correlation, at: Cut, first: number, count: number): Correlation {
  if (at === "first") {
    const x = { ...c.x, start: c.x.start + first * c.x.channel };
    return { ...c, C: count * c.groups, x, w: { ...c.w, start: c.w.start + first * c.w.inputChannel } };
  }
  return {
    ...c,
    kernel: replaced(c.kernel, at, count),
    padBegin: replaced(c.padBegin, at, c.padBegin[at] - first * c.dilation[at]),
    w: { ...c.w, start: c.w.start + first * c.w.taps[at] },
  };
}

/** Cuts an axis of a size into `count` ranges, or as many as there can be. */
function ranges(
  axis: number,
  size: number,
  count: number,
  range: (at: Cut, first: number, count: number) => Correlation,
) {
  const each = Math.max(1, Math.floor(size / count));
  return Array.from({ length: Math.ceil(size / each) }, (_, part) =>
    range(CUTS[axis]!, part * each, Math.min(each, size - part * each)),
  );
}

/** Cuts the outputs along the outermost axis that has several: parts that still take too long are cut again. */
function outputParts(c: Correlation, count: number): Correlation[] {
  const sizes = [c.N, ...c.output];
  const axis = sizes.findIndex((size) => size > 1);
  return axis < 0 ? [c] : ranges(axis, sizes[axis]!, count, (...range) => outputRange(c, ...range));
}

/** Cuts the sums along the outermost axis that has enough terms, else along the longest. The parts write partial sums. */
function sumParts(c: Correlation, count: number): Correlation[] {
  const sizes = [c.C / c.groups, ...c.kernel];
  const enough = sizes.findIndex((size) => size >= count);
  const axis = enough < 0 ? sizes.indexOf(Math.max(...sizes)) : enough;
  const parts = ranges(axis, sizes[axis]!, count, (...range) => termRange(c, ...range));
  const { epilogue, y, sizes: counts } = partialSums(c, parts.length);
  const each = counts.y / parts.length;
  return parts.map((part, at) => ({ ...part, epilogue, sizes: counts, y: { ...y, start: at * each } }));
}

/** Seconds of the longest dispatch, by estimate. */
function longest({ work }: Candidate, { rates }: DeviceTraits): number {
  return work.reduce((most, one) => Math.max(most, estimate([one], rates)), 0);
}

/** The candidate of a part of a correlation: of the variant, or the default of a part that does not have it. */
function candidateOf(
  algorithm: Algorithm,
  part: Correlation,
  device: DeviceTraits,
  variant: string,
): Candidate | undefined {
  const named = algorithm.candidates(part, device, variant);
  const list = "reason" in named || named.length > 0 ? named : algorithm.candidates(part, device);
  return "reason" in list ? undefined : list[0];
}

/** The candidates of parts of the outputs as one. The weights are the same for all, and so is what is prepared from them. */
function joined(list: readonly Candidate[], variant: string): Candidate {
  const [first] = list as [Candidate];
  const preparations = Number(first.preparedBytes > 0) * (list.length - 1);
  return {
    ...first,
    variant,
    workspaceBytes: Math.max(...list.map(({ workspaceBytes }) => workspaceBytes)),
    dispatches: list.reduce((sum, { dispatches }) => sum + dispatches, -preparations),
    work: list.flatMap(({ work }) => work),
    plan() {
      const plans = list.map((one) => one.plan());
      return {
        ...plans[0]!,
        steps: plans.flatMap(({ steps }) => steps),
        workspaceBytes: Math.max(...plans.map(({ workspaceBytes }) => workspaceBytes)),
      };
    },
  };
}

/** Whether a candidate needs no memory, and its sums are sequential. */
function isPlain({ preparedBytes, workspaceBytes, error }: Candidate): boolean {
  return preparedBytes + workspaceBytes === 0 && error === SEQUENTIAL_SUM;
}

/** The plain candidates of parts of the sums as one, which adds what they computed. */
function added(c: Correlation, list: readonly Candidate[], variant: string): Candidate {
  const all = joined(list, variant);
  const workspaceBytes = partialBytes(c, list.length);
  const adding = reduceWork(c, list.length);
  return {
    ...all,
    workspaceBytes,
    dispatches: all.dispatches + adding.length,
    work: [...all.work, ...adding],
    plan: () => ({
      steps: [...all.plan().steps, ...reduceSteps(c, partialsOf(c, list.length))],
      workspaceBytes,
    }),
  };
}

/**
 * Returns a candidate none of whose dispatches takes longer than MAX_SECONDS by estimate, as far as cutting achieves that.
 * @param wholeSums whether its sums are whole, and may be cut
 */
export function inTime(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  candidate: Candidate,
  wholeSums = true,
): Candidate {
  const { variant, preparedBytes, dispatches } = candidate;
  const seconds = longest(candidate, device);
  const most = Math.floor((device.maxDispatches - BESIDE) / dispatches);
  const count = Math.min(most, Math.ceil(seconds / MAX_SECONDS));
  if (!(count > 1)) return candidate;
  const outputs = outputParts(c, count);
  const sums = wholeSums && isPlain(candidate) ? sumParts(c, count) : [];
  const fits = partialBytes(c, sums.length) <= Math.min(device.maxBindingBytes, device.maxWorkspaceBytes);
  // The way that takes the least time in all, if it shortens the longest dispatch.
  const ways = [outputs, ...(fits ? [sums] : [])].flatMap((parts) => {
    const first =
      parts.length > 1 && parts.length <= most ? candidateOf(algorithm, parts[0]!, device, variant) : undefined;
    if (!first || longest(first, device) > SHORTER * seconds) return [];
    return [{ parts, total: parts.length * estimate(first.work, device.rates) }];
  });
  const [best] = ways.toSorted((a, b) => a.total - b.total);
  if (!best || best.total > SLOWER * estimate(candidate.work, device.rates)) return candidate;
  const share = { ...device, maxDispatches: Math.floor((device.maxDispatches - BESIDE) / best.parts.length) };
  const list = best.parts.flatMap((part) => {
    const one = candidateOf(algorithm, part, device, variant);
    if (one?.preparedBytes !== preparedBytes) return [];
    return [inTime(algorithm, part, share, one, wholeSums && best.parts !== sums)];
  });
  if (list.length < best.parts.length) return candidate;
  if (best.parts !== sums) return joined(list, variant);
  return list.every(isPlain) ? added(c, list, variant) : candidate;
}
