// The shared suite: every algorithm of the list in every pass on every problem that it offers candidates for, in every element type that the
// device has, in every form that applies. An algorithm joins by being in the list.
//
// Tests run concurrently (maxConcurrency in vitest.config.ts): one compiles while others compute, and a browser that looks for
// finished work on the GPU only every 100 ms finds that of many tests.
import { afterAll, describe, expect, inject, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { createEngine } from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { type ConvProblem, PASSES, type Pass, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, reasonOf } from "../suite/candidates.ts";
import { algorithms } from "../suite/every-kernel.ts";
import {
  type Case,
  adjoint,
  brief,
  componentwise,
  exact,
  isExact,
  isLinear,
  isSmall,
  nonFinite,
  withCase,
} from "../suite/forms.ts";
import { type NamedProblem, problems } from "../suite/problems.ts";
import { selectProblems } from "../suite/selection.ts";

// Made before the tests are listed, which depend on its features.
const engine = await createEngine();
afterAll(() => engine.destroy());

/** What the engine plans with. */
const traits = deviceTraits(engine.device, traitsOf(engine.info.adapter), DEFAULT_TRAITS.maxWorkspaceBytes);

const selection = inject("selection");
const draw = inject("draw");
const dtypes = DTYPES.filter((dtype) => dtype === "f32" || engine.device.features.has("shader-f16"));

it.skipIf(!dtypes.includes("f16"))("has the feature shader-f16, without which no test is in f16", () => {
  expect(engine.device.features.has("shader-f16")).toBe(true);
});
if (!dtypes.includes("f16")) console.info("f16 is skipped: this device lacks the feature shader-f16");
for (const dtype of dtypes) {
  const counts = PASSES.map((pass) => `${selectProblems(selection, draw, dtype, pass).length} ${pass}`);
  console.info(
    `${dtype}: ${counts.join(", ")} of the ${problems.length} shared problems, part ${draw.seed % draw.parts} of ${draw.parts} (seed ${draw.seed})`,
  );
}

/** The three passes of a problem by the default variants of an algorithm. */
async function withPasses(algorithm: Algorithm, named: NamedProblem, body: (cases: Case[]) => Promise<void>) {
  const nest = (passes: readonly Pass[], cases: Case[]): Promise<void> => {
    const [pass, ...rest] = passes;
    if (!pass) return body(cases);
    const [candidate] = candidatesOf(algorithm, convProblem(pass, named.descriptor), traits);
    return withCase(engine, algorithm, pass, named, candidate!, (one) => nest(rest, [...cases, one]));
  };
  await nest(PASSES, []);
}

for (const [dtype, algorithm] of dtypes.flatMap((type) => algorithms.map((one) => [type, one] as const))) {
  const suffix = dtype === "f32" ? "" : ` ${dtype}`;
  const serves = (problem: ConvProblem): boolean => candidatesOf(algorithm, problem, traits).length > 0;
  for (const pass of PASSES) {
    const chosen = selectProblems(selection, draw, dtype, pass);
    describe.concurrent(`${algorithm.name} ${pass}${suffix}`, () => {
      const supported = selectProblems(selection, draw, dtype, pass, ({ descriptor }) =>
        serves(convProblem(pass, descriptor)),
      ).map((named) => ({ named, problem: convProblem(pass, named.descriptor) }));

      it("refuses the rest with a reason", () => {
        for (const { descriptor } of chosen) {
          const reason = reasonOf(algorithm, convProblem(pass, descriptor), traits);
          if (reason !== undefined) expect(reason.length).toBeGreaterThan(10);
        }
        expect(supported.length).toBeGreaterThan(0);
      });

      for (const [at, { named, problem }] of supported.entries()) {
        const candidates = candidatesOf(algorithm, problem, traits);
        for (const [rank, candidate] of candidates.entries()) {
          const { variant, error } = candidate;
          // The default variant takes every problem, the others every fifth, in turn (and so both layouts): compiling is most of what the suite waits for.
          const few = selection === "sample" || (selection === "cross-section" && pass !== "forward");
          if (rank > 0 && (few || at % 5 !== rank % 5)) continue;
          const test = (form: string, body: (test: Case) => Promise<void>): void => {
            it(`${form}: ${named.name} (${variant})`, () => withCase(engine, algorithm, pass, named, candidate, body));
          };
          const exactly = error.exactOnIntegers && isExact(problem);
          if (exactly) test("exact", exact);
          // A gradient that is right on integers to the last bit is summed as the forward pass is: every third shows it on any numbers.
          if (!exactly || pass === "forward" || at % 3 === 0) test("componentwise", componentwise);
          // Variants differ in their tiles, and compiling takes time: the default one of every third problem shows it.
          if (traits.software && rank === 0 && at % 3 === 1) test("brief", (one) => brief(one, candidate.plan()));
          // Where errors spread, so do NaN and infinity.
          const spreads = error.spread.some((extent) => extent > 0);
          if (!spreads && isExact(problem) && named.name.startsWith("2-D 3-wide")) test("non-finite", nonFinite);
        }
      }
    });
  }

  const hasAdjoints = ({ descriptor }: NamedProblem): boolean =>
    !descriptor.activationGradient &&
    [isLinear, isSmall].every((holds) => holds(convProblem("forward", descriptor))) &&
    PASSES.every((pass) => serves(convProblem(pass, descriptor)));
  const adjoints = selectProblems(selection, draw, dtype, "backward-data", hasAdjoints);
  describe.concurrent(`${algorithm.name} adjoints${suffix}`, () => {
    for (const named of adjoints) it(`of the three passes: ${named.name}`, () => withPasses(algorithm, named, adjoint));
  });
}
