// Arbitrary problems with a limit on error growth, and tuning tables that tempt "auto" to exceed it.
import * as fc from "fast-check";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { ConvError } from "../../src/base/error.ts";
import { type Ranked, type Measurements, rank } from "../../src/planner/choose.ts";
import type { Call } from "./call.ts";
import { type Space, calls } from "./calls.ts";
import { type Expected, expectedOf } from "./oracle.ts";

export interface ProblemWithLimit extends Expected {
  /** The seed of its operands. */
  readonly call: Call;
  readonly maxErrorGrowth: number;
  /** Whether a tuning table ranks the least accurate candidate first. */
  readonly tempted: boolean;
}

/** From 1, the growth of `direct`, to 1e4, uniform in the logarithm; now and then an end or the default. */
const growths: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 4, noNaN: true }).map((power) => 10 ** power) },
  { weight: 2, arbitrary: fc.constantFrom(1, 256, 1e4) },
);

/** Returns the problem of a call without its fault and constraints, if algorithms compute it. */
function problemOf(given: Call): Expected | undefined {
  const { spoiled: _, ...call } = given;
  if (call.operation === "convBackwardBias") return undefined;
  const {
    algorithm: _a,
    variant: _v,
    maxErrorGrowth: _e,
    maxErrorSpread: _s,
    maxWorkspaceBytes: _m,
    ...options
  } = call.options;
  const present = Object.fromEntries(Object.keys(call.tensors).map((name) => [name, name]));
  const expected = expectedOf(call, { ...options, ...present });
  return expected instanceof ConvError ? undefined : expected;
}

export function problemsWithLimit(space: Space, dtypes: readonly Dtype[] = DTYPES): fc.Arbitrary<ProblemWithLimit> {
  return fc
    .record({ call: calls(space, dtypes), maxErrorGrowth: growths, tempted: fc.boolean() })
    .map(({ call, ...rest }) => {
      const expected = problemOf(call);
      return expected && { ...expected, ...rest, call };
    })
    .filter((one): one is ProblemWithLimit => one !== undefined);
}

/** Returns all candidates for a problem, the least accurate first. */
export function leastAccurate({ problem }: Pick<Expected, "problem">, traits: DeviceTraits): Ranked[] {
  const { ranked } = rank(algorithms, lower(problem, traits), { maxErrorGrowth: 1e30 });
  return ranked.toSorted((a, b) => b.candidate.error.growth - a.candidate.error.growth);
}

/** Returns measurements by which less accurate candidates are faster. */
export function temptation(ways: readonly Ranked[]): Measurements {
  return ways.map(({ algorithm, candidate }, at) => ({
    algorithm,
    variant: candidate.variant,
    seconds: 1e-9 * (at + 1),
  }));
}
