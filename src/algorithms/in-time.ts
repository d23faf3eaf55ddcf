// Keeps dispatches short. Where one would take longer than MAX_SECONDS, the correlation is cut into several of the same kind, over ranges of its
// batch or of its outputs, which the same algorithm computes one after the other. Where few threads have long sums that shortens none, as in
// gradients of weights by direct: there the sums are cut, and a last step adds the parts.
import { type Triple, eachAxis } from "../base/shape.ts";
import type { Correlation } from "../problem/correlation.ts";
import type { Algorithm, Candidate } from "./algorithm.ts";
import { MAX_SECONDS, type Work, estimate } from "./cost.ts";
import { boundedCandidates, inParts } from "./long-sums.ts";
import type { DeviceTraits } from "./traits.ts";

/** An axis of the outputs to cut: that of the batch, or one of the map. */
type Cut = "batch" | 0 | 1 | 2;
const CUTS = ["batch", 0, 1, 2] as const;

/** A part that takes more than this share of the time of the whole is no better. */
const SHORTER = 0.9;

/** Parts that take more than so many times the time of the whole, because each has few threads, are not worth it. */
const SLOWER = 3;

function replaced(triple: Triple, at: Cut, value: number): Triple {
  return eachAxis((axis) => (axis === at ? value : triple[axis]));
}

/** A range of the outputs of a correlation. */
function outputRange(c: Correlation, at: Cut, first: number, count: number): Correlation {
  if (at === "batch") {
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

/** Cuts the outputs into `count` ranges along the outermost axis that has several: parts that still take too long are cut again. */
function outputParts(c: Correlation, count: number): Correlation[] {
  // Phases count their outputs together.
  const sizes = c.phases ? [c.N] : [c.N, ...c.output];
  const axis = sizes.findIndex((size) => size > 1);
  if (axis < 0) return [c];
  const size = sizes[axis]!;
  const each = Math.max(1, Math.floor(size / count));
  return Array.from({ length: Math.ceil(size / each) }, (_, part) =>
    outputRange(c, CUTS[axis]!, part * each, Math.min(each, size - part * each)),
  );
}

/** Seconds of the longest dispatch, by estimate. */
function longest({ work }: Candidate, { rates }: DeviceTraits): number {
  return work.reduce((most, one) => Math.max(most, estimate([one], rates)), 0);
}

function isSame(a: Work, b: Work | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The candidate of a part of a correlation: of the variant, or the default of a part that does not have it. */
function candidateOf(
  algorithm: Algorithm,
  part: Correlation,
  device: DeviceTraits,
  variant: string,
): Candidate | undefined {
  const named = boundedCandidates(algorithm, part, device, variant);
  const list = "reason" in named || named.length > 0 ? named : boundedCandidates(algorithm, part, device);
  return "reason" in list ? undefined : list[0];
}

/** The candidates of parts of the outputs as one. The weights are the same for all, and so is what is prepared from them. */
function joined(list: readonly Candidate[], variant: string, preparing: number): Candidate {
  const [first] = list as [Candidate];
  const preparations = Number(first.preparedBytes > 0) * (list.length - 1);
  return {
    ...first,
    variant,
    workspaceBytes: Math.max(...list.map(({ workspaceBytes }) => workspaceBytes)),
    dispatches: list.reduce((sum, { dispatches }) => sum + dispatches, -preparations),
    work: list.flatMap(({ work }, at) => work.slice(at === 0 ? 0 : preparing)),
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

/** The candidate of parts of the outputs; undefined if they need other weights prepared, or take much longer in all. */
function byOutputs(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  { variant, preparedBytes, work }: Candidate,
  count: number,
): Candidate | undefined {
  const parts = outputParts(c, count);
  const [first] = parts.length > 1 ? [candidateOf(algorithm, parts[0]!, device, variant)] : [];
  if (!first) return undefined;
  // A gradient in the role of the weights is prepared first, once for all parts.
  let preparing = 0;
  while (preparing < work.length && isSame(work[preparing]!, first.work[preparing])) preparing++;
  const each = estimate(first.work.slice(preparing), device.rates);
  if (parts.length * each > SLOWER * estimate(work.slice(preparing), device.rates)) return undefined;
  const share = { ...device, maxDispatches: Math.floor(device.maxDispatches / parts.length) };
  const list = parts.flatMap((part) => {
    const one = candidateOf(algorithm, part, device, variant);
    return one?.preparedBytes === preparedBytes ? [inTime(algorithm, part, share, one)] : [];
  });
  return list.length === parts.length ? joined(list, variant, preparing) : undefined;
}

/** The candidate of parts of the sums; undefined if it needs memory of its own, or cannot be cut. */
function bySums(algorithm: Algorithm, c: Correlation, device: DeviceTraits, variant: string): Candidate | undefined {
  const list = algorithm.candidates(c, device, variant);
  const [whole] = "reason" in list ? [] : list;
  if (!whole || c.phases || whole.preparedBytes + whole.workspaceBytes > 0) return undefined;
  const count = Math.ceil(longest(whole, device) / MAX_SECONDS);
  if (!(count <= device.maxDispatches)) return undefined;
  const cut = inParts(algorithm, c, device, whole, count);
  return "reason" in cut ? undefined : cut;
}

/** Returns a candidate none of whose dispatches takes longer than MAX_SECONDS by estimate, as far as cutting achieves that. */
export function inTime(algorithm: Algorithm, c: Correlation, device: DeviceTraits, candidate: Candidate): Candidate {
  const seconds = longest(candidate, device);
  const count = Math.min(Math.floor(device.maxDispatches / candidate.dispatches), Math.ceil(seconds / MAX_SECONDS));
  if (!(count > 1)) return candidate;
  const [best] = [byOutputs(algorithm, c, device, candidate, count), bySums(algorithm, c, device, candidate.variant)]
    .filter((one) => one !== undefined)
    .filter((one) => one.dispatches <= device.maxDispatches && longest(one, device) < SHORTER * seconds)
    .toSorted((a, b) => estimate(a.work, device.rates) - estimate(b.work, device.rates));
  return best ?? candidate;
}
