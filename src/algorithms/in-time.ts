// Keeps dispatches short. Where one would take longer than MAX_SECONDS, the correlation is cut into several of the same kind, over ranges of its
// batch and of its outputs, which the same algorithm computes one after the other. Where that leaves few threads with long sums, as in gradients
// of weights, the sums are cut, and a last step adds the parts. Both may be necessary.
import { eachAxis } from "../base/shape.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import {
  type Algorithm,
  type Candidate,
  type Unsupported,
  preparationsOf,
  sharedTextures,
  tooManyDispatches,
} from "./algorithm.ts";
import { MAX_SECONDS, type Rates, estimate } from "./cost.ts";
import { type Range, boundedCandidates, inParts, ofEachPart, rangesOf } from "./long-sums.ts";
import type { DeviceTraits } from "./traits.ts";

/** Into how many ranges of outputs a correlation is cut, and into how many parts the sums of each. */
interface Cuts {
  readonly ranges: number;
  readonly sums: number;
}

/** A cut after which the longest dispatch takes more than this share of its time is no better. */
const SHORTER = 0.9;

/** A range of the outputs of a correlation: of the batch, and along each axis. */
function outputRange(c: Correlation, [batch, ...ranges]: readonly [Range, Range, Range, Range]): Correlation {
  const first = eachAxis((axis) => ranges[axis].first);
  const { phases, x, y } = c;
  return {
    ...c,
    N: batch.count,
    output: eachAxis((axis) => ranges[axis].count),
    padBegin: eachAxis((axis) => c.padBegin[axis] - first[axis] * c.stride[axis]),
    x: { ...x, start: x.start + batch.first * x.batch },
    y: { ...y, start: first.reduce((at, one, axis) => at + one * y.spatial[axis]!, y.start + batch.first * y.batch) },
    ...(phases && {
      phases: { ...phases, first: eachAxis((axis) => phases.first[axis] + first[axis] * phases.stride[axis]) },
    }),
  };
}

/** Cuts the outputs into at least `count` ranges, if there are as many outputs, along as few axes as possible, the outermost first. */
function outputRanges(c: Correlation, count: number): Correlation[] {
  let wanted = count;
  const [batch, ...axes] = [c.N, ...c.output].map((size) => {
    const ranges = rangesOf(size, Math.max(1, Math.floor(size / wanted)));
    wanted = Math.ceil(wanted / ranges.length);
    return ranges;
  }) as [Range[], Range[], Range[], Range[]];
  return batch.flatMap((n) =>
    axes[0].flatMap((o) => axes[1].flatMap((p) => axes[2].map((q) => outputRange(c, [n, o, p, q])))),
  );
}

/** Seconds of the longest dispatch, by estimate. */
function longest({ work }: Candidate, rates: Rates): number {
  return work.reduce((most, one) => Math.max(most, estimate([one], rates)), 0);
}

/** The candidate of a part of a correlation: of the variant, or the default of a part that does not have it. */
function candidateOf(algorithm: Algorithm, part: Correlation, device: DeviceTraits, variant: string) {
  const named = boundedCandidates(algorithm, part, device, variant);
  const list = "reason" in named || named.length > 0 ? named : boundedCandidates(algorithm, part, device);
  return "reason" in list ? list : list[0]!;
}

/** The candidates of ranges of outputs as one. The weights are the same for all, and so is what is prepared from them. */
function joined(list: readonly Candidate[], variant: string): Candidate {
  const [first] = list as [Candidate];
  const preparations = preparationsOf(first);
  return {
    ...first,
    variant,
    workspaceBytes: Math.max(...list.map(({ workspaceBytes }) => workspaceBytes)),
    ...sharedTextures(list),
    dispatches: list.reduce((sum, { dispatches }) => sum + dispatches - preparations, preparations),
    work: list.flatMap(({ work }, at) => (at === 0 ? work : work.filter(({ prepares }) => !prepares))),
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

/** The candidate of a variant that computes a correlation in parts, or why there is none. */
function inCuts(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  variant: string,
  { ranges, sums }: Cuts,
): Candidate | Unsupported {
  const parts = outputRanges(c, ranges);
  const list = ofEachPart(parts, (part) => {
    const one =
      sums > 1 ? inParts(algorithm, part, device, variant, sums) : candidateOf(algorithm, part, device, variant);
    if ("reason" in one) return one;
    const dispatches = parts.length * (one.dispatches - preparationsOf(one)) + preparationsOf(one);
    return dispatches > device.maxDispatches ? tooManyDispatches(dispatches, device) : one;
  });
  if ("reason" in list) return list;
  const bytes = Math.max(...list.map(({ preparedBytes }) => preparedBytes));
  return list.every(({ preparedBytes }) => preparedBytes === bytes)
    ? joined(list, variant)
    : { reason: "its parts prepare different weights" };
}

/** A candidate in parts, and the seconds of its longest dispatch and of all. */
interface InParts {
  readonly cuts: Cuts;
  readonly candidate: Candidate;
  readonly longest: number;
  readonly total: number;
}

/** Returns a candidate none of whose dispatches takes longer than MAX_SECONDS by estimate, or the shortest possible in the dispatches allowed. */
export function inTime(algorithm: Algorithm, c: Correlation, device: DeviceTraits, candidate: Candidate): Candidate {
  const { rates, maxDispatches } = device;
  const measured = (cuts: Cuts, one: Candidate): InParts => ({
    ...{ cuts, candidate: one },
    ...{ longest: longest(one, rates), total: estimate(one.work, rates) },
  });
  let best = measured({ ranges: 1, sums: 1 }, candidate);
  while (best.longest > MAX_SECONDS) {
    const { cuts } = best;
    // A candidate that comes in parts already has shorter ones only where there are more of them than its own.
    const counts = (from: number, most: number): number[] =>
      [(from * best.longest) / MAX_SECONDS, best.total / MAX_SECONDS].map((count) => Math.min(most, Math.ceil(count)));
    const shorter = (wanted: readonly Cuts[]): InParts | undefined => {
      for (const one of wanted) {
        const found = inCuts(algorithm, c, device, candidate.variant, one);
        const parts = "reason" in found ? undefined : measured(one, found);
        if (parts && parts.longest < SHORTER * best.longest) return parts;
      }
      return undefined;
    };
    const [next] = [
      shorter(counts(cuts.ranges, maxDispatches).map((ranges) => ({ ...cuts, ranges }))),
      shorter(counts(cuts.sums, Math.min(maxDispatches, termCount(c))).map((sums) => ({ ...cuts, sums }))),
    ]
      .filter((one) => one !== undefined)
      .toSorted((a, b) => Number(a.longest > MAX_SECONDS) - Number(b.longest > MAX_SECONDS) || a.total - b.total);
    if (!next) break;
    best = next;
  }
  return best.candidate;
}
