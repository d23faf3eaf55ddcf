import { describe, expect, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { checkConstraints, choose } from "../../src/planner/choose.ts";
import { explain } from "../../src/planner/explain.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const traits: DeviceTraits = SOFTWARE_TRAITS;
const problem = convProblem("forward", { inputShape: [1, 8, 16, 16], kernelShape: [8, 8, 3, 3] });

function fake(name: string, seconds: number, changes: Partial<Algorithm> = {}): Algorithm {
  return {
    name,
    passes: ["forward"],
    supports: () => true,
    variants: () => [{ name: "only" }],
    named(shape, gpu, wanted) {
      return this.variants(shape, gpu).find((variant) => variant.name === wanted);
    },
    dispatches: () => 0,
    plan: () => ({ algorithm: name, variant: "only", steps: [], workspaceBytes: 0 }),
    errorGrowth: () => 1,
    cost: () => seconds,
    ...changes,
  };
}

/** Refused with the code, in words that hold each part. */
function expectRefusal(act: () => unknown, code: ConvErrorCode, ...parts: string[]): void {
  const { argument, got, expected, ...rest } = refusal(act);
  expect(rest.code).toBe(code);
  for (const part of parts) expect(`${argument}: got ${got}, expected ${expected}`).toContain(part);
}

describe("choose", () => {
  it("takes the cheapest that serves the problem", () => {
    expect(choose([fake("slow", 2), fake("fast", 1)], problem, traits, {}).algorithm.name).toBe("fast");
  });

  it("takes the named one, however slow", () => {
    expect(choose([fake("slow", 2), fake("fast", 1)], problem, traits, { algorithm: "slow" }).algorithm.name).toBe(
      "slow",
    );
  });

  it("puts what was measured before what is estimated", () => {
    const measured = [{ algorithm: "slow", variant: "only", seconds: 5 }];
    const choice = choose([fake("slow", 2), fake("fast", 1)], problem, traits, {}, measured);
    expect(choice.algorithm.name).toBe("slow");
    expect(choice.considered[0]).toMatchObject({ algorithm: "slow", seconds: 2, measured: 5 });
    const foreign = [{ algorithm: "slow", variant: "another", seconds: 5 }];
    expect(choose([fake("slow", 2), fake("fast", 1)], problem, traits, {}, foreign).algorithm.name).toBe("fast");
    const inexact = fake("slow", 2, { errorGrowth: () => 9 });
    expect(choose([inexact, fake("fast", 1)], problem, traits, { tolerance: 2 }, measured).algorithm.name).toBe("fast");
  });

  it("goes by what was measured of a variant that is not worth trying by estimate", () => {
    const named = fake("named", 3, {
      named: (_p, _g, wanted) => (wanted === "hidden" ? { name: "hidden" } : undefined),
    });
    const measured = [
      { algorithm: "named", variant: "hidden", seconds: 5 },
      { algorithm: "named", variant: "gone", seconds: 1 },
    ];
    expect(choose([named, fake("fast", 1)], problem, traits, {}, measured).variant.name).toBe("hidden");
  });

  it("finds variants by name at any rates", () => {
    const layer = convProblem("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 1, 1] });
    for (const [algorithm, variant] of [
      ["pointwise", "m4n4"],
      ["im2col", "m1n16"],
      ["pointwise", "m16n16-quads"],
    ] as const)
      expect(choose(algorithms, layer, traits, { algorithm, variant }).variant.name).toBe(variant);
    expectRefusal(
      () => choose(algorithms, layer, { ...traits, quads: false }, { algorithm: "pointwise", variant: "m16n16-quads" }),
      "unsupported",
      "variant",
      "m16n16-quads",
    );
    const depthwise = convProblem("forward", { inputShape: [1, 8, 16, 16], kernelShape: [8, 1, 3, 3], groups: 8 });
    const choice = choose(algorithms, depthwise, traits, { algorithm: "depthwise", variant: "p2q2" });
    expect(choice.variant.name).toBe("p2q2");
  });

  it("picks nothing that errs more than the default tolerance", () => {
    const wild = fake("wild", 0, { errorGrowth: () => 257 });
    expect(choose([wild, fake("fast", 1)], problem, traits, {}).algorithm.name).toBe("fast");
    expect(choose([wild, fake("fast", 1)], problem, traits, { tolerance: 258 }).algorithm.name).toBe("wild");
  });

  it("takes the cheapest variant, or the named one", () => {
    const two = fake("two", 0, {
      variants: () => [{ name: "a" }, { name: "b" }],
      cost: (_p, _g, { name }) => (name === "b" ? 1 : 2),
    });
    expect(choose([two], problem, traits, {}).variant.name).toBe("b");
    expect(choose([two], problem, traits, { algorithm: "two", variant: "a" }).variant.name).toBe("a");
    expectRefusal(
      () => choose([two], problem, traits, { algorithm: "two", variant: "c" }),
      "unsupported",
      "variant",
      '"c"',
      '"a", "b"',
    );
  });

  it("passes over what errs more than the tolerance, unless it is named", () => {
    const rough = fake("rough", 1, { errorGrowth: () => 4 });
    expect(choose([rough, fake("fine", 2)], problem, traits, { tolerance: 3 }).algorithm.name).toBe("fine");
    expect(choose([rough, fake("fine", 2)], problem, traits, { tolerance: 4 }).algorithm.name).toBe("rough");
    const both = fake("both", 1, {
      variants: () => [{ name: "rough" }, { name: "fine" }],
      errorGrowth: (_p, { name }) => (name === "rough" ? 4 : 2),
      cost: (_p, _g, { name }) => (name === "rough" ? 1 : 2),
    });
    expect(choose([both], problem, traits, {}).variant.name).toBe("rough");
    expect(choose([both], problem, traits, { tolerance: 3 }).variant.name).toBe("fine");
    expect(choose([both, fake("last", 9)], problem, traits, { tolerance: 1.5 }).considered[1]?.refused).toMatch(
      "growth 2 is over the tolerance 1.5",
    );
  });

  it("passes over refusals and explains them", () => {
    const refusing = fake("refusing", 0, { supports: () => ({ reason: "it is Tuesday" }) });
    const { algorithm, considered } = choose([refusing, fake("willing", 1)], problem, traits, {});
    expect(algorithm.name).toBe("willing");
    expect(explain(considered)).toMatch(/^ 1 willing .*\n.*refusing .*refused: it is Tuesday$/);
    expectRefusal(() => choose([refusing], problem, traits, {}), "unsupported", "algorithm", "it is Tuesday");
  });

  it("refuses an unknown name with the known ones", () => {
    expectRefusal(
      () => choose(algorithms, problem, traits, { algorithm: "magic" }),
      "unknown-algorithm",
      '"magic"',
      '"direct"',
      '"im2col"',
    );
  });
});

describe("checkConstraints", () => {
  it.each([
    [{ algorithm: 3 }, "invalid-argument", "algorithm"],
    [{ variant: "q8k8" }, "invalid-argument", "variant"],
    [{ tolerance: 0.5 }, "invalid-argument", "tolerance"],
    [{ tolerance: Number.NaN }, "invalid-argument", "tolerance"],
    [{ maxWorkspaceBytes: -1 }, "invalid-argument", "maxWorkspaceBytes"],
    [{ maxWorkspaceBytes: 1.5 }, "invalid-argument", "maxWorkspaceBytes"],
    [{ workspace: 1 }, "unknown-option", "workspace"],
    [[], "invalid-argument", "constraints"],
    [new Map([["tolerance", 2]]), "invalid-argument", "constraints"],
  ] as const)("refuses %j", (constraints, code, argument) => {
    expectRefusal(() => checkConstraints("constraints", constraints), code, argument);
  });
});
