// Fuzzes what needs no GPU: every descriptor is planned within the limits or refused by a ConvError, and so is every call of the reference.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { ConvError } from "../../src/base/error.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type Constraints, choose } from "../../src/planner/choose.ts";
import { type ConvProblem, convProblem, multiplyAdds, operandBytes } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";
import type { Call, Outcome } from "./call.ts";
import { calls } from "./calls.ts";
import { campaign } from "./campaign.ts";
import type { Case } from "./case.ts";
import { codeOf } from "./code.ts";
import { CODES } from "./codes.ts";
import { descriptors } from "./descriptors.ts";
import { JUNK, type JunkMakers, spoil } from "./junk.ts";
import { planTrouble } from "./limits.ts";
import { parseOptions } from "./options.ts";
import { expectedOf } from "./oracle.ts";

/** The default seed: every run tries the same cases. */
const SEED = 20;
const settings = (numRuns: number): { numRuns: number; seed: number } => ({
  numRuns: Number(process.env["CONVOKE_FUZZ_RUNS"] ?? numRuns),
  seed: Number(process.env["CONVOKE_FUZZ_SEED"] ?? SEED),
});

/** Stands for a tensor without a device: junk with a shape. */
const makers: JunkMakers["engine"] = { empty: (shape) => ({ shape, data: [], destroy: () => undefined }) as never };
const junkOf = (source: string | undefined): unknown =>
  source === undefined ? undefined : JUNK[source]!({ engine: makers, other: makers });

/** Returns the result, or undefined if a ConvError is thrown. Other errors are thrown on. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConvError) return undefined;
    throw error;
  }
}

/** Whether all tensors of a problem can be bound, which the engine checks before it plans. */
function isBindable(problem: ConvProblem, { maxBindingBytes }: DeviceTraits): boolean {
  return (["x", "w", "y"] as const).every((operand) => operandBytes(problem, operand) <= maxBindingBytes);
}

function expectWithinLimits(problem: ConvProblem, constraints: Constraints): void {
  for (const device of [SOFTWARE_TRAITS, DEFAULT_TRAITS]) {
    const maxWorkspaceBytes = constraints.maxWorkspaceBytes ?? device.maxWorkspaceBytes;
    const traits = { ...device, maxWorkspaceBytes };
    if (!isBindable(problem, traits)) continue;
    const choice = unlessRefused(() => choose(algorithms, lower(problem, traits), constraints));
    if (!choice) continue;
    const { algorithm, candidate, seconds } = choice.chosen;
    const plan = candidate.plan();
    expect(planTrouble(problem, plan, traits), `${algorithm} ${candidate.variant}`).toBeUndefined();
    expect(candidate.error.growth).toBeGreaterThanOrEqual(1);
    expect(Number.isFinite(seconds) && seconds >= 0, `${seconds} s`).toBe(true);
  }
}

test("a call is planned within the limits, or refused", () => {
  fc.assert(
    fc.property(calls("wide"), (call) => {
      const tensors = Object.fromEntries(Object.keys(call.tensors).map((name) => [name, name]));
      const junk = junkOf(call.spoiled?.by);
      const expected = expectedOf(call, spoil({ ...call.options, ...tensors }, call, junk));
      if (!(expected instanceof ConvError)) expectWithinLimits(expected.problem, expected.constraints);
    }),
    settings(2000),
  );
});

/** The most dispatches of a plan to check: their number grows with what exceeds the workspace and with the phases of a stride. */
function isPlannedSoon({ pass, stride, input }: ConvProblem): boolean {
  const phases = stride.reduce((count, step, axis) => count * Math.min(step, input[axis]!), 1);
  return pass !== "backward-data" || phases <= 256;
}

test("a description of any size is planned within the limits by every algorithm that serves it, or refused", () => {
  fc.assert(
    fc.property(descriptors, fc.constantFrom(2 ** 28, 2 ** 20, 4096, 0), ({ pass, descriptor }, bytes) => {
      const problem = unlessRefused(() => convProblem(pass, descriptor));
      if (!problem || !isPlannedSoon(problem)) return;
      const maxWorkspaceBytes = multiplyAdds(problem) > 1e7 ? 2 ** 28 : bytes;
      for (const algorithm of algorithms.map(({ name }) => name))
        expectWithinLimits(problem, { algorithm, maxWorkspaceBytes });
    }),
    settings(300),
  );
});

/** The operations of the reference, by the names of the engine's. */
const OPERATIONS = {
  conv: reference.conv,
  convTranspose: reference.convTranspose,
  convBackwardData: reference.convBackwardData,
  convBackwardWeights: reference.convBackwardWeights,
  convBackwardBias: reference.convBackwardBias,
};

test("the reference computes a call or refuses it", () => {
  fc.assert(
    fc.property(calls("wide", ["f32"]), (call) => {
      const { operation, spoiled, layout } = call;
      if (!(operation in OPERATIONS)) return;
      // Engines refuse what would take a gigabyte; the reference has no such limit.
      if (["2 ** 31 - 1", "[1, 1, 2 ** 30, 4]"].includes(spoiled?.by ?? "")) return;
      const arrays = (shape: readonly number[]) => ({ shape, data: new Float32Array(elementCount(shape)) });
      const tensors = Object.fromEntries(Object.entries(call.tensors).map(([name, shape]) => [name, arrays(shape)]));
      const junk = junkOf(spoiled?.by);
      const own = Object.entries(call.options).filter(
        ([key]) => !["algorithm", "variant", "maxErrorGrowth", "maxErrorSpread", "maxWorkspaceBytes"].includes(key),
      );
      const options = spoil({ ...Object.fromEntries(own), layout, ...tensors }, call, junk);
      const given = call.shapes.map((shape, at) => (spoiled?.at === ["x", "w"][at] ? junk : arrays(shape)));
      const work = OPERATIONS[operation as keyof typeof OPERATIONS] as (...list: unknown[]) => { data: Float64Array };
      const result = unlessRefused(() => work(...given, options));
      if (result) expect(result.data).toBeInstanceOf(Float64Array);
    }),
    settings(2000),
  );
});

test("a call is printed with what is wrong with it", () => {
  const call: Call = {
    operation: "conv",
    way: "eager",
    layout: "channels-last",
    dtype: "f32",
    seed: 7,
    shapes: [
      [1, 4, 2],
      [3, 2, 1],
    ],
    options: { stride: [2] },
    tensors: { bias: [1] },
    spoiled: { at: "options.stride.0", by: 'Symbol("s")' },
  };
  expect(codeOf(call).split("\n").slice(1)).toEqual([
    'const x = engine.tensor(uniform(1 * 4 * 2, 7), [1, 4, 2], { layout: "channels-last" });',
    'const w = engine.tensor(uniform(3 * 2 * 1, 8), [3, 2, 1], { layout: "channels-last" });',
    'const bias = engine.tensor(uniform(1, 9), [1], { layout: "channels-last" });',
    'await conv(x, w, { stride: [Symbol("s")], bias: bias }).read();',
  ]);
});

test("calls around the operations are printed too", () => {
  const shown = (one: Case): string[] => codeOf(one).split("\n").slice(-2);
  const tensor = { list: "Int8Array", beyond: 1, usage: ["STORAGE"], shape: [2, 3], options: {}, seed: 4 } as const;
  expect(shown({ operation: "tensor", ...tensor, spoiled: { at: "shape.0", by: "NaN" } })).toEqual([
    "// given: Int8Array of 2 * 3 + 1 numbers of seed 4",
    "await engine.tensor(given, [NaN, 3], {}).read();",
  ]);
  expect(shown({ operation: "empty", ...tensor, spoiled: { at: "options.dtype", by: "7n" } })).toEqual([
    "await engine.empty([2, 3], { dtype: 7n }).read();",
  ]);
  const call: Call = {
    ...{ operation: "conv", way: "eager", layout: "channels-first", dtype: "f32", seed: 7 },
    ...{ shapes: [[1, 1, 2] as const, [1, 1, 1] as const], options: {}, tensors: {} },
  };
  expect(
    shown({
      operation: "encode",
      call,
      given: ["buffer", "larger"],
      workspace: "none",
      fault: { at: 1, by: "junk", junk: "null" },
    }),
  ).toEqual([
    "await conv(x, w, {}).read();",
    '// failed as a plan encoded on [buffer, larger] and the workspace "none", buffer 1 being null',
  ]);
  expect(
    shown({
      operation: "find",
      call,
      options: { maxErrorGrowth: 4 },
      abort: 2,
      spoiled: { at: "options.signal", by: "[]" },
    }),
  ).toEqual([
    "await conv(x, w, {}).read();",
    "// failed as engine.find of that, options { maxErrorGrowth: 4, signal: [] }, given up before candidate 2",
  ]);
});

test("calls of operations beside convolution are printed too", () => {
  const call = {
    operation: "concatenate",
    given: [{ list: [[1, 2], { f32: [3] }] }],
    options: { axis: 0 },
    tensors: { bias: [4] },
  } as const;
  const one = { operation: "operation", call, layout: "channels-first", dtype: "f16", seed: 5 } as const;
  expect(codeOf({ ...one, spoiled: { at: "0.1", by: "7n" } }).split("\n")).toEqual([
    'const given0_0 = engine.tensor(uniform(1 * 2, 5), [1, 2], { dtype: "f16" });',
    "const given0_1 = engine.tensor(uniform(3, 6), [3], {});",
    'const bias = engine.tensor(uniform(4, 7), [4], { dtype: "f16" });',
    "concatenate([given0_0, 7n], { axis: 0, bias: bias });",
  ]);
  expect(
    codeOf({ ...one, spoiled: { at: "options.axis", by: "NaN" } })
      .split("\n")
      .at(-1),
  ).toBe("concatenate([given0_0, given0_1], { axis: NaN, bias: bias });");
});

test("a failure says how to try its case alone, and that does", async () => {
  // Pretends that every stride is wrong.
  const tried: string[] = [];
  const perform = (one: Case): Promise<Outcome> => {
    tried.push(JSON.stringify(one));
    const wrong = "options" in one && "stride" in one.options;
    return Promise.resolve(wrong ? { wrong: "a stride" } : { ended: "refused", code: "none" });
  };
  const wide = { space: "wide", runs: 200, dtypes: ["f32"] } as const;
  const { failures } = await campaign({ ...wide, seed: 3 }, perform);
  expect(failures.length).toBeGreaterThan(0);
  const minimal = /^case: (.*)$/m.exec(failures[0]!)![1];
  const [, seed, path] = /^again: seed (\d+), path ([\d:]+)$/m.exec(failures[0]!)!;
  tried.length = 0;
  const options = parseOptions(["--seed", seed!, "--path", path!]);
  const again = await campaign({ ...wide, ...options }, perform);
  expect(tried).toEqual([minimal]);
  expect(again).toMatchObject({ runs: 1, failures: [expect.stringContaining(`case: ${minimal}`)] });
  expect(() => parseOptions(["--path", "3:1"])).toThrow("--path: got no --seed");
  expect(() => parseOptions(["--seed", "1", "--path", "3:x"])).toThrow('--path: got "3:x"');
});

test("the codes that a refusal may have are those of the documented list that blame the call", () => {
  const source = readFileSync(new URL("../../src/base/error.ts", import.meta.url), "utf8");
  const [, comment] = /The kind of an error\.(.*?)\*\//s.exec(source)!;
  const documented = [...comment!.matchAll(/^ \* - (.*?): /gm)].flatMap(([, names]) =>
    [...names!.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
  );
  expect(Object.keys(CODES)).toEqual(documented);
});
