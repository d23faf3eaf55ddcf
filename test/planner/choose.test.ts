// What "auto" and names choose, and how the choice is explained.
import { describe, expect, it } from "vitest";
import { type Algorithm, type Candidate, SEQUENTIAL_SUM, type Unsupported } from "../../src/algorithms/algorithm.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { checkConstraints, choose } from "../../src/planner/choose.ts";
import { explain } from "../../src/planner/explain.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const traits: DeviceTraits = SOFTWARE_TRAITS;
const problem = convProblem("forward", { inputShape: [1, 8, 16, 16], kernelShape: [8, 8, 3, 3] });

/** A candidate that takes so many seconds by estimate. */
function way(variant: string, seconds: number, growth = 1): Candidate {
  const work = { threads: traits.rates.threads, multiplyAdds: 0, loads: 0, bytes: seconds * traits.rates.bytes };
  return {
    ...{ variant, workspaceBytes: 0, preparedBytes: 0, dispatches: 1, work: [work] },
    error: { ...SEQUENTIAL_SUM, growth },
    plan: () => ({ steps: [], workspaceBytes: 0 }),
  };
}

/** An algorithm of the given candidates, the hidden ones only by name. */
function fake(name: string, listed: readonly Candidate[] | Unsupported, hidden: readonly Candidate[] = []): Algorithm {
  return {
    name,
    candidates(_c, _device, variant) {
      if ("reason" in listed || variant === undefined) return listed;
      return [...listed, ...hidden].filter((one) => one.variant === variant);
    },
  };
}

const simple = (name: string, seconds: number, growth = 1): Algorithm => fake(name, [way("only", seconds, growth)]);

/** The algorithm and the variant that are chosen. */
function chosen(...args: Parameters<typeof choose>): { algorithm: string; variant: string } {
  const { algorithm, candidate } = choose(...args).chosen;
  return { algorithm, variant: candidate.variant };
}

/** Refused with the code, in words that hold each part. */
function expectRefusal(act: () => unknown, code: ConvErrorCode, ...parts: string[]): void {
  const { argument, got, expected, ...rest } = refusal(act);
  expect(rest.code).toBe(code);
  for (const part of parts) expect(`${argument}: got ${got}, expected ${expected}`).toContain(part);
}

describe("choose", () => {
  const both = [simple("slow", 2), simple("fast", 1)];

  it("takes the cheapest that computes the problem", () => {
    expect(chosen(both, lower(problem, traits), {}).algorithm).toBe("fast");
  });

  it("takes the named one, however slow", () => {
    expect(chosen(both, lower(problem, traits), { algorithm: "slow" }).algorithm).toBe("slow");
  });

  it("plans nothing, not even to explain itself", () => {
    const unplannable: Candidate = {
      ...way("only", 1),
      plan: () => {
        throw new Error("planned");
      },
    };
    expect(explain(choose([fake("lazy", [unplannable])], lower(problem, traits), {}))).toContain("lazy");
  });

  it("prefers of equally fast candidates the one with fewer dispatches, then less memory, wherever they are listed", () => {
    const [one, two] = [way("only", 1), way("only", 1)];
    for (const better of [
      [one, { ...two, dispatches: one.dispatches + 1 }],
      [one, { ...two, workspaceBytes: one.workspaceBytes + 4 }],
    ] as const) {
      const list = [fake("good", [better[0]]), fake("worse", [better[1]])];
      for (const order of [list, list.toReversed()])
        expect(choose(order, lower(problem, traits), {}).chosen.algorithm).toBe("good");
    }
  });

  it("puts what was measured before what is estimated", () => {
    const measured = [{ algorithm: "slow", variant: "only", seconds: 5 }];
    const choice = choose(both, lower(problem, traits), {}, measured);
    expect(choice.chosen.algorithm).toBe("slow");
    expect(choice.considered[0]).toMatchObject({ algorithm: "slow", seconds: expect.closeTo(2, 3), measured: 5 });
    const foreign = [{ algorithm: "slow", variant: "another", seconds: 5 }];
    expect(chosen(both, lower(problem, traits), {}, foreign).algorithm).toBe("fast");
    const inexact = [simple("slow", 2, 9), simple("fast", 1)];
    expect(chosen(inexact, lower(problem, traits), { maxErrorGrowth: 2 }, measured).algorithm).toBe("fast");
  });

  it("goes by what was measured of a variant that is not worth trying by estimate", () => {
    const named = fake("named", [way("only", 3)], [way("hidden", 9)]);
    const measured = [
      { algorithm: "named", variant: "hidden", seconds: 5 },
      { algorithm: "named", variant: "gone", seconds: 1 },
    ];
    expect(chosen([named, simple("fast", 1)], lower(problem, traits), {}, measured).variant).toBe("hidden");
  });

  it("finds variants by name at any rates", () => {
    const layer = convProblem("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 1, 1] });
    for (const [algorithm, variant] of [
      ["pointwise", "m4n4"],
      ["im2col", "m1n16"],
      ["pointwise", "m16n16-quads"],
    ] as const)
      expect(chosen(algorithms, lower(layer, traits), { algorithm, variant }).variant).toBe(variant);
    expectRefusal(
      () =>
        choose(algorithms, lower(layer, { ...traits, quads: false }), {
          algorithm: "pointwise",
          variant: "m16n16-quads",
        }),
      "unsupported",
      "variant",
      "m16n16-quads",
    );
    const depthwise = convProblem("forward", { inputShape: [1, 8, 16, 16], kernelShape: [8, 1, 3, 3], groups: 8 });
    const named = { algorithm: "depthwise", variant: "p2q2" };
    expect(chosen(algorithms, lower(depthwise, traits), named)).toEqual(named);
  });

  it("picks nothing that errs more than the default of maxErrorGrowth", () => {
    const list = [simple("wild", 0.5, 257), simple("fast", 1)];
    expect(chosen(list, lower(problem, traits), {}).algorithm).toBe("fast");
    expect(chosen(list, lower(problem, traits), { maxErrorGrowth: 258 }).algorithm).toBe("wild");
  });

  it("takes the cheapest variant, or the named one", () => {
    const two = fake("two", [way("a", 2), way("b", 1)]);
    expect(chosen([two], lower(problem, traits), {}).variant).toBe("b");
    expect(chosen([two], lower(problem, traits), { algorithm: "two", variant: "a" }).variant).toBe("a");
    expectRefusal(
      () => choose([two], lower(problem, traits), { algorithm: "two", variant: "c" }),
      "unsupported",
      "variant",
      '"c"',
      '"a", "b"',
    );
  });

  it("passes over what errs more than maxErrorGrowth, unless it is named", () => {
    const rough = [simple("rough", 1, 4), simple("fine", 2)];
    expect(chosen(rough, lower(problem, traits), { maxErrorGrowth: 3 }).algorithm).toBe("fine");
    expect(chosen(rough, lower(problem, traits), { maxErrorGrowth: 4 }).algorithm).toBe("rough");
    const two = fake("two", [way("rough", 1, 4), way("fine", 2, 2)]);
    expect(chosen([two], lower(problem, traits), {}).variant).toBe("rough");
    expect(chosen([two], lower(problem, traits), { maxErrorGrowth: 3 }).variant).toBe("fine");
    expect(
      choose([two, simple("last", 9)], lower(problem, traits), { maxErrorGrowth: 1.5 }).considered[1]?.refused,
    ).toMatch("growth 2 is over maxErrorGrowth, 1.5");
  });

  it("takes nothing whose errors spread further than maxErrorSpread, named or not", () => {
    const wide: Candidate = { ...way("wide", 1), error: { ...SEQUENTIAL_SUM, spread: [0, 2, 5], norm: "energy" } };
    const [spreading, either] = [fake("spreading", [wide]), fake("either", [wide, way("own", 2)])];
    const list = [spreading, simple("slow", 3)];
    expect(chosen(list, lower(problem, traits), {}).algorithm).toBe("spreading");
    expect(chosen(list, lower(problem, traits), { maxErrorSpread: 5 }).algorithm).toBe("spreading");
    expect(chosen(list, lower(problem, traits), { maxErrorSpread: 4 }).algorithm).toBe("slow");
    expect(chosen([either], lower(problem, traits), { maxErrorSpread: 0 }).variant).toBe("own");
    const measured = [{ algorithm: "spreading", variant: "wide", seconds: 1e-3 }];
    expect(chosen(list, lower(problem, traits), { maxErrorSpread: 0 }, measured).algorithm).toBe("slow");
    for (const constraints of [
      { algorithm: "spreading", maxErrorSpread: 4 },
      { algorithm: "either", variant: "wide", maxErrorSpread: 0 },
    ]) {
      const words = `its errors spread over 5 cells, more than maxErrorSpread, ${constraints.maxErrorSpread}`;
      expectRefusal(() => choose([spreading, either], lower(problem, traits), constraints), "unsupported", words);
    }
  });

  it("passes over refusals and explains them", () => {
    const refusing = fake("refusing", { reason: "it is Tuesday" });
    const choice = choose([refusing, simple("willing", 1)], lower(problem, traits), {});
    expect(choice.chosen.algorithm).toBe("willing");
    expect(explain(choice)).toMatch(
      /^ 1 willing .* estimated .* for \w+,.*\n.*refusing .*refused: it is Tuesday\n.*device: software, 32 sums a thread, .* 2 cores/,
    );
    expectRefusal(() => choose([refusing], lower(problem, traits), {}), "unsupported", "algorithm", "it is Tuesday");
    const named = { algorithm: "refusing", variant: "only" };
    expectRefusal(() => choose([refusing], lower(problem, traits), named), "unsupported", "algorithm", "it is Tuesday");
  });

  it("refuses an unknown name with the known ones", () => {
    expectRefusal(
      () => choose(algorithms, lower(problem, traits), { algorithm: "magic" }),
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
    [{ maxErrorGrowth: 0.5 }, "invalid-argument", "maxErrorGrowth"],
    [{ maxErrorGrowth: Number.NaN }, "invalid-argument", "maxErrorGrowth"],
    [{ maxErrorSpread: -1 }, "invalid-argument", "maxErrorSpread"],
    [{ maxErrorSpread: "2" }, "invalid-argument", "maxErrorSpread"],
    [{ maxWorkspaceBytes: -1 }, "invalid-argument", "maxWorkspaceBytes"],
    [{ maxWorkspaceBytes: 1.5 }, "invalid-argument", "maxWorkspaceBytes"],
    [{ workspace: 1 }, "unknown-option", "workspace"],
    [[], "invalid-argument", "constraints"],
    [new Map([["maxErrorGrowth", 2]]), "invalid-argument", "constraints"],
  ] as const)("refuses %j", (constraints, code, argument) => {
    expectRefusal(() => checkConstraints("constraints", constraints), code, argument);
  });
});
