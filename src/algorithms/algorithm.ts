// The contracts: stateless, pure, data out. An algorithm as the planner and the tests see it serves problems in passes; written is it
// as a method, which serves correlations, and serve.ts makes one of the other. Adding one costs a file in this folder, its
// shader in shaders/ and a line in index.ts.
import type { Plan, Preparation, Step } from "../kernel/step.ts";
import type { ConvProblem, Pass } from "../problem/problem.ts";
import type { Triple } from "../base/shape.ts";
import type { Correlation } from "../problem/correlation.ts";
import type { Work } from "./cost.ts";
import type { DeviceTraits } from "./traits.ts";

/** Why a problem is refused, in words that a user can act on. */
export interface Unsupported {
  readonly reason: string;
}

/** One way to shape the kernels of an algorithm: tile sizes and the like. Names are stable within a release. */
export interface Variant {
  readonly name: string;
}

export interface Algorithm<V extends Variant = Variant> {
  /** Stable: users and tuning caches store it. */
  readonly name: string;
  readonly passes: readonly Pass[];
  /** Whether the problem can be planned within the traits. */
  supports(problem: ConvProblem, gpu: DeviceTraits): true | Unsupported;
  /** The variants worth trying for a supported problem; the first is the default. */
  variants(problem: ConvProblem, gpu: DeviceTraits): readonly V[];
  /** The variant of a name, whether it is worth trying at these rates or not: what was measured or named once can be planned again. */
  named(problem: ConvProblem, gpu: DeviceTraits, name: string): V | undefined;
  /** Dispatches of the plan, those of its preparation among them, counted without making it. */
  dispatches(problem: ConvProblem, gpu: DeviceTraits, variant: V): number;
  plan(problem: ConvProblem, gpu: DeviceTraits, variant: V): Plan;
  /** How much larger than the bound of a sequential float32 sum, gamma_n sum |x||w|, this algorithm's error bound is. */
  errorGrowth(problem: ConvProblem, variant: V): number;
  /**
   * How far errors spread, where outputs are computed from more than their own terms: an output errs by errorGrowth times the
   * largest bound of the windows that lie at most this many cells of the padded input away along each axis, those beyond its
   * border included (where it goes on with zeros). None unless given. NaN and infinity spread as far.
   */
  errorSpread?(problem: ConvProblem, variant: V): Triple;
  /**
   * What stands for sum |x||w| in the bound: "windows" (unless given), itself, or the largest within errorSpread; "energy", for each
   * output, its terms times the root mean squares of x over all cells within errorSpread and of w (their products summed over
   * channels), for algorithms whose errors follow the norm of a tile. Means are over the errorSpread + 1 cells of an axis that a tile has.
   */
  readonly errorNorm?: "windows" | "energy";
  /** Whether integers of size 8 at most, whose sums stay below 2^24, come out exact. They do unless given. */
  exactOnIntegers?(problem: ConvProblem, variant: V): boolean;
  /** Estimated seconds, for ranking only. */
  cost(problem: ConvProblem, gpu: DeviceTraits, variant: V): number;
}

/** How a correlation is computed: a plan, or a part of one. */
export interface Part {
  readonly preparation?: Preparation;
  readonly steps: readonly Step[];
  readonly workspaceBytes: number;
}

/** An algorithm as it is written: what the same members of Algorithm are for problems, for the correlations that they are made of. */
export interface Method<V extends Variant = Variant> {
  readonly name: string;
  /** What it asks of the problem itself, where that does not show in the correlations. */
  serves?(problem: ConvProblem): true | Unsupported;
  supports(c: Correlation, gpu: DeviceTraits): true | Unsupported;
  variants(c: Correlation, gpu: DeviceTraits): readonly V[];
  /** Of those that `variants` chooses from by the rates of the adapter, the one of a name. */
  named?(c: Correlation, gpu: DeviceTraits, name: string): V | undefined;
  /** Steps of the plan, those of its preparation among them, counted without making it. */
  dispatches(c: Correlation, gpu: DeviceTraits, variant: V): number;
  plan(c: Correlation, gpu: DeviceTraits, variant: V): Part;
  errorGrowth(c: Correlation, variant: V): number;
  /** In cells of the padded input of the correlation. */
  errorSpread?(c: Correlation, variant: V): Triple;
  readonly errorNorm?: "windows" | "energy";
  exactOnIntegers?(c: Correlation, variant: V): boolean;
  /** What the steps of a plan do, each of them, for estimating how long they take. */
  work(c: Correlation, gpu: DeviceTraits, variant: V): readonly Work[];
  /** The gradient of the input as one correlation, where the stride cuts it into more phases than a plan may have dispatches. */
  readonly gather?: { plan(problem: ConvProblem): Part; work(problem: ConvProblem): readonly Work[] };
}
