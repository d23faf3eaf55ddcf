// Chooses the algorithm and variant that compute a problem: by name, or ("auto") the fastest within the constraints, by measurement or estimate.
// A choice records the verdict on every algorithm considered, so that it can be explained; only the chosen one is planned.
import { type Algorithm, type Candidate, type ErrorBound, candidateBytes } from "../algorithms/algorithm.ts";
import { estimate } from "../algorithms/cost.ts";
import type { Lowering } from "../algorithms/lowering.ts";
import { candidatesFor } from "../algorithms/passes.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import { ConvError, refuse } from "../base/error.ts";
import { pick } from "../base/pick.ts";
import { checkFinite, checkInteger, checkOptions } from "../base/validate.ts";
import type { Plan } from "../kernel/step.ts";

export interface Constraints {
  /** "auto", or the name of an algorithm. */
  algorithm?: string;
  /** A variant of the named algorithm; its default unless given. */
  variant?: string;
  /**
   * The largest error growth over direct float32 that "auto" may pick, and with it a named algorithm without a variant among ways in half precision;
   * 256 unless given.
   */
  maxErrorGrowth?: number;
  /**
   * The largest error spread of any choice, named or not, in cells along an axis: how far errors, NaN and infinity may reach beyond the windows that
   * have them. 0 for outputs that depend on their own windows alone; any unless given.
   */
  maxErrorSpread?: number;
  /** Bytes of workspace, textures and prepacked weights that the plan may need, together; 256 MiB unless given. */
  maxWorkspaceBytes?: number;
}

/**
 * Default of `maxErrorGrowth`. Growths are worst cases: in the measurements of the README, a tile whose growth is 114 errs by 3.6 times the error
 * of `direct`, one whose growth is 351 by 6.4 times. At 256 the gradient of 5x5 weights may still take its fastest tile.
 */
export const DEFAULT_MAX_ERROR_GROWTH = 256;

export const CONSTRAINT_KEYS = [
  "algorithm",
  "variant",
  "maxErrorGrowth",
  "maxErrorSpread",
  "maxWorkspaceBytes",
] as const;

/** A candidate within the constraints, with what it is ranked by. */
export interface Ranked {
  /** Name of the algorithm. */
  readonly algorithm: string;
  readonly candidate: Candidate<Plan>;
  /** Estimated seconds, for ranking only. */
  readonly seconds: number;
  /** Seconds of a run, if it was measured on this adapter. */
  readonly measured?: number;
}

/** The verdict on an algorithm: refused for a reason, or ranked with its best variant. */
export interface Considered {
  readonly algorithm: string;
  readonly refused?: string;
  readonly variant?: string;
  readonly seconds?: number;
  readonly measured?: number;
  readonly errorGrowth?: number;
  /** Bytes of workspace, textures and prepacked weights together. */
  readonly workspaceBytes?: number;
}

export interface Choice {
  readonly chosen: Ranked;
  /** The chosen one first, then the other algorithms that can compute the problem by rank, then those refused. */
  readonly considered: readonly Considered[];
  /** All candidates, by rank. */
  readonly ranked: readonly Ranked[];
  /** The device that they were ranked for. */
  readonly device: DeviceTraits;
}

/** The measurements of a problem: variants of algorithms by name, the fastest first. */
export type Measurements = readonly {
  readonly algorithm: string;
  readonly variant: string;
  readonly seconds: number;
}[];

/** @throws ConvError if the constraints are invalid */
export function checkConstraints(argument: string, constraints: unknown): Constraints {
  // A copy: the caller may change its own later.
  const checked = pick(checkOptions(argument, constraints, CONSTRAINT_KEYS), CONSTRAINT_KEYS);
  const { algorithm, variant, maxErrorGrowth } = checked;
  if (algorithm !== undefined && typeof algorithm !== "string")
    refuse("invalid-argument", "algorithm", algorithm, 'the name of an algorithm or "auto"');
  if (variant !== undefined && typeof variant !== "string")
    refuse("invalid-argument", "variant", variant, "the name of a variant");
  if (variant !== undefined && (algorithm ?? "auto") === "auto")
    refuse("invalid-argument", "variant", variant, "none unless an algorithm is named");
  if (maxErrorGrowth !== undefined && checkFinite("maxErrorGrowth", maxErrorGrowth) < 1)
    refuse("invalid-argument", "maxErrorGrowth", maxErrorGrowth, "at least 1, the error growth of direct itself");
  for (const key of ["maxErrorSpread", "maxWorkspaceBytes"] as const)
    if (checked[key] !== undefined) checkInteger(key, checked[key], 0, Number.MAX_SAFE_INTEGER);
  return checked as Constraints;
}

/**
 * Ranks every variant of every algorithm that computes a problem within the constraints, and lists the algorithms that cannot. Measured variants
 * come before estimated ones: `find` measured every candidate there was.
 * @param algorithms the list to choose from
 * @param lowering the problem, for the device that is to compute it
 * @throws ConvError `unknown-algorithm`, or `unsupported` if the named variant does not exist
 */
export function rank(
  algorithms: readonly Algorithm[],
  lowering: Lowering,
  constraints: Constraints,
  measurements: Measurements = [],
): { ranked: Ranked[]; refused: Considered[] } {
  const name = constraints.algorithm === "auto" ? undefined : constraints.algorithm;
  const pool = name === undefined ? algorithms : algorithms.filter((one) => one.name === name);
  if (pool.length === 0) {
    const known = algorithms.map((one) => `"${one.name}"`).join(", ");
    refuse("unknown-algorithm", "algorithm", name, `"auto" or one of ${known}`);
  }
  const { maxErrorGrowth = DEFAULT_MAX_ERROR_GROWTH, maxErrorSpread = Infinity, variant } = constraints;
  /** Whether a candidate errs no more than is allowed: only its own name allows any error in half precision. */
  const isAccurate = ({ growth, halfTerms }: ErrorBound): boolean =>
    growth <= maxErrorGrowth || variant !== undefined || (name !== undefined && halfTerms === undefined);
  const ranked: Ranked[] = [];
  const refused: Considered[] = [];
  for (const algorithm of pool) {
    const measured = measurements.filter((one) => one.algorithm === algorithm.name);
    const list = candidatesOf(algorithm, lowering, variant, measured);
    if (typeof list === "string") {
      refused.push({ algorithm: algorithm.name, refused: list });
      continue;
    }
    const accurate = list.filter(({ error }) => isAccurate(error));
    const within = accurate.filter(({ error }) => spreadOf(error) <= maxErrorSpread);
    for (const candidate of within) {
      const known = measured.find((one) => one.variant === candidate.variant);
      ranked.push({
        algorithm: algorithm.name,
        candidate,
        seconds: estimate(candidate.work, lowering.device.rates),
        ...(known && { measured: known.seconds }),
      });
    }
    if (within.length === 0) {
      const least = (of: (error: ErrorBound) => number): number => Math.min(...list.map(({ error }) => of(error)));
      const reason =
        accurate.length === 0
          ? `its error growth ${least(({ growth }) => growth)} is over maxErrorGrowth, ${maxErrorGrowth}`
          : `its errors spread over ${least(spreadOf)} cells, more than maxErrorSpread, ${maxErrorSpread}`;
      refused.push({ algorithm: algorithm.name, refused: reason });
    }
  }
  return { ranked: ranked.toSorted(byRankOn(lowering.device, ranked)), refused };
}

/** The largest spread along any axis. */
function spreadOf({ spread }: ErrorBound): number {
  return Math.max(...spread);
}

/**
 * Estimates up to so many times the least count as equal on a GPU, where they predict times no better: fewer dispatches need fewer kernels, which
 * take long to compile, and less memory.
 */
const NEAR = 1.07;

/** Orders measured candidates before estimated ones, and faster before slower; of equals the one with fewer dispatches, memory and errors first. */
function byRankOn({ software }: DeviceTraits, ranked: readonly Ranked[]): (a: Ranked, b: Ranked) => number {
  const least = Math.min(...ranked.map(({ seconds, measured }) => (measured === undefined ? seconds : Infinity)));
  const near = software ? least : NEAR * least;
  const timeOf = ({ seconds, measured }: Ranked): number => measured ?? (seconds <= near ? least : seconds);
  return (a, b) => {
    const [measuredA, measuredB] = [a.measured !== undefined, b.measured !== undefined];
    if (measuredA !== measuredB) return measuredA ? -1 : 1;
    const [one, other] = [a.candidate, b.candidate];
    return (
      timeOf(a) - timeOf(b) ||
      one.dispatches - other.dispatches ||
      a.seconds - b.seconds ||
      candidateBytes(one) - candidateBytes(other) ||
      one.error.growth - other.error.growth
    );
  };
}

/** Returns the named candidate of an algorithm, or all that it lists and any other that was measured; the reason if there are none. */
function candidatesOf(
  algorithm: Algorithm,
  lowering: Lowering,
  variant: string | undefined,
  measured: Measurements,
): readonly Candidate<Plan>[] | string {
  const named = (name: string): readonly Candidate<Plan>[] => {
    const list = candidatesFor(algorithm, lowering, name);
    return "reason" in list ? [] : list;
  };
  if (variant !== undefined) {
    const list = named(variant);
    if (list.length > 0) return list;
  }
  const listed = candidatesFor(algorithm, lowering);
  if ("reason" in listed) return listed.reason;
  if (variant !== undefined) {
    const names = listed.map((one) => `"${one.variant}"`).join(", ");
    refuse("unsupported", "variant", variant, `one of ${names} of algorithm "${algorithm.name}" for this problem`);
  }
  const unlisted = measured.filter((row) => listed.every((one) => one.variant !== row.variant));
  return [...listed, ...unlisted.flatMap((row) => named(row.variant))];
}

/**
 * Chooses the candidate of the highest rank.
 * @throws ConvError `unknown-algorithm`, or `unsupported` with every reason
 */
export function choose(
  algorithms: readonly Algorithm[],
  lowering: Lowering,
  constraints: Constraints,
  measurements: Measurements = [],
): Choice {
  const { ranked, refused } = rank(algorithms, lowering, constraints, measurements);
  const [chosen] = ranked;
  if (!chosen) {
    const reasons = refused.map((one) => `${one.algorithm}: ${one.refused}`).join("; ");
    throw new ConvError(
      "unsupported",
      `algorithm: got ${JSON.stringify(constraints.algorithm ?? "auto")}, expected one that can compute the problem (${reasons})`,
    );
  }
  // The best variant of each algorithm.
  const bests = ranked.filter(({ algorithm }, at) => ranked.findIndex((other) => other.algorithm === algorithm) === at);
  const considered = bests.map(({ algorithm, candidate, seconds, measured }) => ({
    algorithm,
    variant: candidate.variant,
    seconds,
    ...(measured !== undefined && { measured }),
    errorGrowth: candidate.error.growth,
    workspaceBytes: candidateBytes(candidate),
  }));
  return { chosen, considered: [...considered, ...refused], ranked, device: lowering.device };
}
