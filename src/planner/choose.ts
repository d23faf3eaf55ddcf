// Which algorithm and variant serves a problem: by name, or ("auto") the cheapest by estimate among those within the constraints.
// Every algorithm that was considered is kept with its verdict, so that a choice can be explained.
import type { Algorithm, GpuTraits, Variant } from "../algorithms/algorithm.ts";
import { ConvError, refuse } from "../error.ts";
import type { ConvProblem } from "../problem.ts";
import { checkFinite, checkInteger, checkOptions } from "../validate.ts";

export interface Constraints {
  /** "auto", or the name of an algorithm. */
  algorithm?: string;
  /** A variant of the named algorithm; its default unless given. */
  variant?: string;
  /** The largest error growth over direct float32 that "auto" may pick. */
  tolerance?: number;
  /** The most scratch memory that the plan may need, in bytes. */
  maxWorkspaceBytes?: number;
}

export const CONSTRAINT_KEYS = ["algorithm", "variant", "tolerance", "maxWorkspaceBytes"] as const;

/** An algorithm and what became of it: refused for a reason, or ranked by its estimate. */
export interface Considered {
  readonly algorithm: string;
  readonly refused?: string;
  readonly variant?: string;
  /** Estimated seconds, for ranking only. */
  readonly seconds?: number;
  readonly errorGrowth?: number;
}

export interface Choice {
  readonly algorithm: Algorithm;
  readonly variant: Variant;
  /** The chosen one first, then the others that serve the problem by rank, then those refused. */
  readonly considered: readonly Considered[];
}

/** @throws ConvError for constraints that are none. */
export function checkConstraints(argument: string, constraints: unknown): Constraints {
  const { algorithm, variant, tolerance, maxWorkspaceBytes } = checkOptions(argument, constraints, CONSTRAINT_KEYS);
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
  if (tolerance !== undefined) {
    if (checkFinite("tolerance", tolerance) < 1)
      refuse("invalid-argument", "tolerance", tolerance, "at least 1, the error growth of direct itself");
    checked.tolerance = tolerance as number;
  }
  if (maxWorkspaceBytes !== undefined)
    checked.maxWorkspaceBytes = checkInteger("maxWorkspaceBytes", maxWorkspaceBytes, 0, Number.MAX_SAFE_INTEGER);
  return checked;
}

interface Candidate {
  readonly algorithm: Algorithm;
  readonly variant: Variant;
  readonly seconds: number;
  readonly errorGrowth: number;
}

/**
 * @param algorithms the list to choose from
 * @throws ConvError `unknown-algorithm`, or `unsupported` with every reason
 */
export function choose(
  algorithms: readonly Algorithm[],
  problem: ConvProblem,
  gpu: GpuTraits,
  constraints: Constraints,
): Choice {
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
  const candidates: Candidate[] = [];
  const refused: Considered[] = [];
  for (const algorithm of pool) {
    const reason = refusal(algorithm, problem, gpu);
    if (reason !== undefined) {
      refused.push({ algorithm: algorithm.name, refused: reason });
      continue;
    }
    const variants = candidatesOf(algorithm, problem, gpu, constraints.variant);
    const tolerance = named === undefined ? constraints.tolerance : undefined;
    const accurate = variants.filter(({ errorGrowth }) => errorGrowth <= (tolerance ?? Infinity));
    if (accurate.length > 0) {
      candidates.push(accurate.reduce((best, one) => (one.seconds < best.seconds ? one : best)));
    } else {
      const least = Math.min(...variants.map(({ errorGrowth }) => errorGrowth));
      refused.push({
        algorithm: algorithm.name,
        refused: `its error growth ${least} is over the tolerance ${tolerance}`,
      });
    }
  }
  candidates.sort((a, b) => a.seconds - b.seconds);
  const best = candidates[0];
  if (!best) {
    const reasons = refused.map((one) => `${one.algorithm}: ${one.refused}`).join("; ");
    throw new ConvError(
      "unsupported",
      `algorithm: got ${JSON.stringify(named ?? "auto")}, expected one that serves the problem (${reasons})`,
    );
  }
  const ranked = candidates.map(({ algorithm, variant, seconds, errorGrowth }) => ({
    algorithm: algorithm.name,
    variant: variant.name,
    seconds,
    errorGrowth,
  }));
  return { algorithm: best.algorithm, variant: best.variant, considered: [...ranked, ...refused] };
}

function refusal(algorithm: Algorithm, problem: ConvProblem, gpu: GpuTraits): string | undefined {
  if (!algorithm.passes.includes(problem.pass)) return `it has no ${problem.pass} pass`;
  const supported = algorithm.supports(problem, gpu);
  return supported === true ? undefined : supported.reason;
}

/** The variants of an algorithm that serves the problem, or the named one of them. */
function candidatesOf(
  algorithm: Algorithm,
  problem: ConvProblem,
  gpu: GpuTraits,
  name: string | undefined,
): Candidate[] {
  const variants = algorithm.variants(problem, gpu);
  const wanted = name === undefined ? variants : variants.filter((variant) => variant.name === name);
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
