// Arbitrary problems with a limit on error growth, and tuning tables that tempt "auto" to exceed it.
import * as fc from "fast-check";
import { algorithms } from "../../src/algorithms/index.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { DTYPES, type Dtype } from "../../src/base/dtype.ts";
import { ConvError } from "../../src/base/error.ts";
import { type Candidate, type Measurements, candidates } from "../../src/planner/choose.ts";
import type { Call } from "./call.ts";
import { type Space, calls } from "./calls.ts";
import { type Expected, expectedOf } from "./oracle.ts";

export interface ProblemWithLimit extends Expected {
  /** Decides the numbers of its operands. */
  readonly call: Call;
  readonly maxErrorGrowth: number;
  /** Whether a tuning table ranks the least accurate way first. */
  readonly tempted: boolean;
}

/** From 1, the growth of direct itself, to 1e4, evenly by magnitude; both ends and the default now and then. */
const growths: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 4, noNaN: true }).map((power) => 10 ** power) },
  { weight: 2, arbitrary: fc.constantFrom(1, 256, 1e4) },
);

/** The problem of a call without what is wrong with it and without constraints, where it is one that algorithms compute. */
function problemOf(given: Call): Expected | undefined {
  const { spoiled: _, ...call } = given;
  if (call.operation === "convBackwardBias") return undefined;
  const { algorithm: _a, variant: _v, maxErrorGrowth: _e, maxWorkspaceBytes: _m, ...options } = call.options;
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

/** Every way to compute a problem, the least accurate first. */
export function leastAccurate({ problem }: Pick<Expected, "problem">, traits: DeviceTraits): Candidate[] {
  const { ranked } = candidates(algorithms, problem, traits, { maxErrorGrowth: 1e30 });
  return ranked.toSorted((a, b) => b.errorGrowth - a.errorGrowth);
}

/** A ranking by which they are the faster the less accurate they are. */
export function temptation(ways: readonly Candidate[]): Measurements {
  return ways.map(({ algorithm, variant }, at) => ({
    algorithm: algorithm.name,
    variant: variant.name,
    seconds: 1e-9 * (at + 1),
  }));
}
