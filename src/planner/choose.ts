// Which algorithm and variant serves a problem: by name, or ("auto") the cheapest by estimate among those within the constraints.
// Every algorithm that was considered is kept with its verdict, so that a choice can be explained.
import type { Algorithm, Variant } from "../algorithms/algorithm.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import { ConvError, refuse } from "../base/error.ts";
import { extraBytes } from "../kernel/step.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { checkFinite, checkInteger, checkOptions } from "../base/validate.ts";

export interface Constraints {
  /** "auto", or the name of an algorithm. */
  algorithm?: string;
  /** A variant of the named algorithm; its default unless given. */
  variant?: string;
  /** The largest error growth over direct float32 that "auto" may pick; 256 unless given. */
  maxErrorGrowth?: number;
  /** The most scratch memory that the plan may need, in bytes. */
  maxWorkspaceBytes?: number;
}

/**
 * The largest error growth where none is given. Growths are worst cases: tiles that state 114 err by 3.6 times the error of `direct` in the
 * measurements of the README, those that state 351 by 6.4 times. At 256 the gradient of 5x5 weights may still take its fastest tile.
 */
export const DEFAULT_MAX_ERROR_GROWTH = 256;

export const CONSTRAINT_KEYS = ["algorithm", "variant", "maxErrorGrowth", "maxWorkspaceBytes"] as const;

/** An algorithm and what became of it: refused for a reason, or ranked. */
export interface Considered {
  readonly algorithm: string;
  readonly refused?: string;
  readonly variant?: string;
  /** Estimated seconds, for ranking only. */
  readonly seconds?: number;
  /** Seconds that a run took when it was measured on this adapter. */
  readonly measured?: number;
  readonly errorGrowth?: number;
  readonly workspaceBytes?: number;
}

export interface Choice {
  readonly algorithm: Algorithm;
  readonly variant: Variant;
  /** The chosen one first, then the others that serve the problem by rank, then those refused. */
  readonly considered: readonly Considered[];
}

/** What was measured for a problem: variants of algorithms by name, the fastest first. */
export type Measurements = readonly {
  readonly algorithm: string;
  readonly variant: string;
  readonly seconds: number;
}[];

/** @throws ConvError for constraints that are none. */
export function checkConstraints(argument: string, constraints: unknown): Constraints {
  const { algorithm, variant, maxErrorGrowth, maxWorkspaceBytes } = checkOptions(argument, constraints, CONSTRAINT_KEYS);
  const checked: Constraints = {};
  if (algorithm !== undefined) {
    if (typeof algorithm !== "string")
      refuse("invalid-argument", "algorithm", algorithm, 'the name of an algorithm or "auto"');
    checked.algorithm = algorithm;
  }
  if (variant !== undefined) {
    if (typeof variant !== "string") refuse("invalid-argument", "variant", variant, "the name of a variant");
    if (checked.algorithm === undefined || checked.algorithm === "auto")
      refuse("invalid-argument", "variant", variant, "none where no algorithm is named");
    checked.variant = variant;
  }
  if (maxErrorGrowth !== undefined) {
    if (checkFinite("maxErrorGrowth", maxErrorGrowth) < 1)
      refuse("invalid-argument", "maxErrorGrowth", maxErrorGrowth, "at least 1, the error growth of direct itself");
    checked.maxErrorGrowth = maxErrorGrowth as number;
  }
  if (maxWorkspaceBytes !== undefined)
    checked.maxWorkspaceBytes = checkInteger("maxWorkspaceBytes", maxWorkspaceBytes, 0, Number.MAX_SAFE_INTEGER);
  return checked;
}

/** A way to compute a problem within the constraints. */
export interface Candidate {
  readonly algorithm: Algorithm;
  readonly variant: Variant;
  /** Estimated seconds. */
  readonly seconds: number;
  readonly measured?: number;
  readonly errorGrowth: number;
}

/**
 * Every variant of every algorithm that serves a problem within the constraints, by rank, and the algorithms that do not. What was
 * measured goes before what is estimated: it was the fastest of all when it was found.
 * @param algorithms the list to choose from
 * @throws ConvError `unknown-algorithm`, or `unsupported` where a variant is named that there is not
 */
export function candidates(
  algorithms: readonly Algorithm[],
  problem: ConvProblem,
  gpu: DeviceTraits,
  constraints: Constraints,
  measurements: Measurements = [],
): { ranked: Candidate[]; refused: Considered[] } {
  const named =
    constraints.algorithm === undefined || constraints.algorithm === "auto" ? undefined : constraints.algorithm;
  const pool = named === undefined ? algorithms : algorithms.filter(({ name }) => name === named);
  if (pool.length === 0) {
    refuse(
      "unknown-algorithm",
      "algorithm",
      named,
      `"auto" or one of ${algorithms.map(({ name }) => `"${name}"`).join(", ")}`,
    );
  }
  const maxErrorGrowth = named === undefined ? (constraints.maxErrorGrowth ?? DEFAULT_MAX_ERROR_GROWTH) : Infinity;
  const ranked: Candidate[] = [];
  const refused: Considered[] = [];
  for (const algorithm of pool) {
    const reason = refusal(algorithm, problem, gpu);
    if (reason !== undefined) {
      refused.push({ algorithm: algorithm.name, refused: reason });
      continue;
    }
    const ranks = measurements.filter((one) => one.algorithm === algorithm.name);
    const variants = variantsOf(algorithm, problem, gpu, constraints.variant, ranks);
    const accurate = variants.filter(({ errorGrowth }) => errorGrowth <= maxErrorGrowth);
    for (const candidate of accurate) {
      const known = ranks.find((one) => one.variant === candidate.variant.name);
      ranked.push(known ? { ...candidate, measured: known.seconds } : candidate);
    }
    if (accurate.length === 0) {
      const least = Math.min(...variants.map(({ errorGrowth }) => errorGrowth));
      refused.push({
        algorithm: algorithm.name,
        refused: `its error growth ${least} is over maxErrorGrowth, ${maxErrorGrowth}`,
      });
    }
  }
  const rank = ({ measured, seconds }: Candidate): [number, number] =>
    measured === undefined ? [1, seconds] : [0, measured];
  ranked.sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
  return { ranked, refused };
}

/**
 * The best candidate by rank.
 * @throws ConvError `unknown-algorithm`, or `unsupported` with every reason
 */
export function choose(
  algorithms: readonly Algorithm[],
  problem: ConvProblem,
  gpu: DeviceTraits,
  constraints: Constraints,
  measurements: Measurements = [],
): Choice {
  const { ranked, refused } = candidates(algorithms, problem, gpu, constraints, measurements);
  const best = ranked[0];
  if (!best) {
    const reasons = refused.map((one) => `${one.algorithm}: ${one.refused}`).join("; ");
    throw new ConvError(
      "unsupported",
      `algorithm: got ${JSON.stringify(constraints.algorithm ?? "auto")}, expected one that serves the problem (${reasons})`,
    );
  }
  // Of each algorithm the best of its variants.
  const bests = ranked.filter(({ algorithm }, at) => ranked.findIndex((other) => other.algorithm === algorithm) === at);
  const considered = bests.map(({ algorithm, variant, seconds, measured, errorGrowth }) => ({
    algorithm: algorithm.name,
    variant: variant.name,
    seconds,
    ...(measured !== undefined && { measured }),
    errorGrowth,
    workspaceBytes: extraBytes(algorithm.plan(problem, gpu, variant)),
  }));
  return { algorithm: best.algorithm, variant: best.variant, considered: [...considered, ...refused] };
}

function refusal(algorithm: Algorithm, problem: ConvProblem, gpu: DeviceTraits): string | undefined {
  if (!algorithm.passes.includes(problem.pass)) return `it has no ${problem.pass} pass`;
  const supported = algorithm.supports(problem, gpu);
  return supported === true ? undefined : supported.reason;
}

/** The variants of an algorithm that serves the problem, those that were measured among them, or the one that is named. */
function variantsOf(
  algorithm: Algorithm,
  problem: ConvProblem,
  gpu: DeviceTraits,
  name: string | undefined,
  measured: Measurements,
): Candidate[] {
  const variants = algorithm.variants(problem, gpu);
  const named = (wanted: string): Variant[] => {
    const variant = algorithm.named(problem, gpu, wanted);
    return variant ? [variant] : [];
  };
  const unlisted = measured.filter((one) => variants.every((variant) => variant.name !== one.variant));
  const wanted = name === undefined ? [...variants, ...unlisted.flatMap((one) => named(one.variant))] : named(name);
  if (wanted.length === 0) {
    refuse(
      "unsupported",
      "variant",
      name,
      `one of ${variants.map((variant) => `"${variant.name}"`).join(", ")} of algorithm "${algorithm.name}" for this problem`,
    );
  }
  return wanted.map((variant) => ({
    algorithm,
    variant,
    errorGrowth: algorithm.errorGrowth(problem, variant),
    seconds: algorithm.cost(problem, gpu, variant),
  }));
}
