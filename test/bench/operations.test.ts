// The parts of `npm run bench -- --suite operations` that need no GPU: its options, its inputs, its list.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { givenTensors, referenceResults } from "../../bench/operate.ts";
import { operationRows } from "../../bench/operation-rows.ts";
import {
  type Conditions,
  OPERATIONS,
  enginePlace,
  givenTo,
  inputShape,
  inputValues,
  referencePlace,
  resultsOf,
} from "../../bench/operations.ts";
import type { Arrays, BenchOperation, Computer, Tensors } from "../../bench/operations/entry.ts";
import { parseOptions, rowsOf } from "../../bench/options.ts";
import { ROOT } from "../../scripts/setup.mjs";
import { elementCount } from "../../src/base/shape.ts";
import { type Tensor, createEngine } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import { LAYOUTS } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { fakeDevice } from "../suite/fake-device.ts";

const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean));

describe("--suite operations", () => {
  it("has no rows of convolutions, and all of the list", () => {
    const options = parse("--suite operations");
    expect(rowsOf(options)).toEqual([]);
    expect(operationRows(options).map(({ entry }) => entry)).toEqual(OPERATIONS.map((_, at) => at));
  });

  it("is what operations are asked of by name, in the order of the list", () => {
    const options = parse(
      "--operations averagePoolBackward,averagePool --layout channels-last --dtype f16 --samples 3",
    );
    expect(options).toMatchObject({ suite: "operations", layout: "channels-last", dtype: "f16", samples: 3 });
    const names = operationRows(options).map(({ entry }) => OPERATIONS[entry]!.operation);
    expect(names).toEqual(
      OPERATIONS.map(({ operation }) => operation).filter((name) => /^averagePool(Backward)?$/.test(name)),
    );
    expect(operationRows(parse("--suite operations --operations averagePool")).length).toBeLessThan(names.length);
  });

  it("multiplies the batches of the list", () => {
    const [once, thrice] = [operationRows({ batch: 1 }), operationRows(parse("--suite operations --batch 3"))];
    expect(thrice.map(({ batch }) => batch)).toEqual(once.map(({ batch }) => 3 * batch));
  });

  it.each([
    ["--operations conv", 'there is no operation "conv"; there are '],
    ["--operations averagePool,", 'there is no operation ""'],
    ["--operations", "--operations has no value"],
    [
      "--suite operations --algorithm direct",
      "--algorithm cannot go with --suite operations: it is about convolutions",
    ],
    ["--operations averagePool --peers litert", "--peers cannot go with --suite operations and litert: it is timed on"],
    ["--suite operations --layers L1", "--layers cannot go with --suite operations: it is about convolutions"],
    ["--suite operations --pass forward", "--pass cannot go with --suite operations: it is about convolutions"],
    ["--suite vgg16 --operations averagePool", "--operations cannot go with --suite vgg16: it is about the suite op"],
  ])("refuses %s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  it("is described by the help", () => {
    const help = readFileSync(path.join(ROOT, "scripts", "bench.mjs"), "utf8");
    expect(help).toContain("--operations");
    for (const [title] of HEADINGS) expect(help).toContain(title);
  });
});

/** Titles of the table that say nothing by themselves. */
const HEADINGS = [["x copy"], ["x loads"], ["roofline"], ["call"]] as const;

describe("inputs", () => {
  const map = { shape: [1, 3, 5, 7] };
  const at = (layout: (typeof LAYOUTS)[number]) => ({ layout, batch: 4 });

  it("have the batch first and their channels where the layout has them", () => {
    expect(inputShape(map, at("channels-first"))).toEqual([4, 3, 5, 7]);
    expect(inputShape(map, at("channels-last"))).toEqual([4, 5, 7, 3]);
    expect(inputShape({ shape: [1, 10] }, at("channels-last"))).toEqual([4, 10]);
  });

  it("are left alone where they are parameters", () => {
    expect(inputShape({ shape: [64] }, at("channels-last"))).toEqual([64]);
    expect(inputShape({ shape: [10, 20], batched: false }, at("channels-first"))).toEqual([10, 20]);
    expect(inputShape({ ...map, map: false }, at("channels-last"))).toEqual([4, 3, 5, 7]);
  });

  it("have output channels last where they are weights channels last", () => {
    const weights = { shape: [8, 3, 5, 7], weights: true };
    expect(inputShape(weights, at("channels-first"))).toEqual([8, 3, 5, 7]);
    expect(inputShape(weights, at("channels-last"))).toEqual([5, 7, 3, 8]);
    expect(inputShape({ ...weights, shape: [8, 3] }, at("channels-last"))).toEqual([3, 8]);
  });
});

/** What the reference is given: the inputs, or what `before` makes of them. */
function arraysOf(one: BenchOperation, conditions: Conditions): Arrays {
  const inputs = Object.entries(one.inputs).map(([name, input], at) => {
    const shape = inputShape(input, conditions);
    return [name, { shape, data: inputValues(input, elementCount(shape), at + 1) }];
  });
  const made = Object.fromEntries(inputs) as unknown as Tensors;
  return givenTo(one, reference as unknown as Computer, made, referencePlace(conditions)).given as unknown as Arrays;
}

/** An entry whose inputs are quickly made, for a device that computes nothing. */
function withoutValues(one: BenchOperation): BenchOperation {
  const zeros = (count: number): Float32Array => new Float32Array(count);
  const inputs = Object.entries(one.inputs).map(([name, input]) => [name, { ...input, values: zeros }]);
  return { ...one, inputs: Object.fromEntries(inputs) as BenchOperation["inputs"] };
}

/** Operations that are timed, and others that differ from them in one function of their kernel. */
const KIN: Readonly<Record<string, readonly string[]>> = {
  addBackward: ["subBackward"],
  maximum: ["minimum", "equal", "greater", "greaterOrEqual"],
  divideBackward: ["maximumBackward", "minimumBackward", "whereBackward"],
  exp: ["log"],
  erf: ["abs", "ceil", "floor", "negate", "reciprocal", "round", "sign", "sqrt"],
  erfBackward: ["absBackward", "expBackward", "logBackward", "reciprocalBackward", "sqrtBackward", "clampBackward"],
  argMax: ["argMin"],
  reduceMax: ["reduceMin", "reduceMaxBackward", "reduceMinBackward"],
  reduceMean: [
    "reduceSum",
    "reduceProduct",
    "reduceL1",
    "reduceL2",
    "reduceSumSquare",
    "reduceLogSum",
    "reduceLogSumExp",
  ],
  expand: [
    ...["reduceMeanBackward", "reduceSumBackward", "reduceL1Backward", "reduceL2Backward"],
    ...["reduceSumSquareBackward", "reduceLogSumExpBackward"],
  ],
  matmul: ["matmulBackward"],
  dropout: ["dropoutWithMask"],
  layerNorm: ["layerNormWithStatistics"],
  groupNorm: ["groupNormWithStatistics"],
  instanceNorm: ["instanceNormWithStatistics"],
  rmsNorm: ["rmsNormWithStatistics"],
};

describe("the list", () => {
  it("has every operation, or another of its kernel", () => {
    const timed = new Set<string>(OPERATIONS.map(({ operation }) => operation));
    const kin = Object.entries(KIN).flatMap(([one, others]) => (timed.has(one) ? others : []));
    // `separate` takes no tensors, and `reshape` runs nothing.
    const known = new Set<string>(["separate", "reshape", ...timed, ...kin]);
    expect(Object.keys(operations).filter((name) => !known.has(name))).toEqual([]);
    expect(kin.filter((name) => timed.has(name) || !(name in operations))).toEqual([]);
  });

  it("has every entry once, in a batch that is one", () => {
    const names = OPERATIONS.map(({ operation, name }) => `${operation}, ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { batch = 1, inputs } of OPERATIONS) {
      expect(Number.isInteger(batch) && batch > 0).toBe(true);
      // A batch of samples is asked for by `batch` alone.
      for (const { shape, weights = false, batched = !weights && shape.length > 1 } of Object.values(inputs))
        if (batched) expect(shape[0]).toBe(1);
    }
  });

  // Channels last: channels first is what shapes are given in, and what the reference takes unless it is told.
  it.each(OPERATIONS.map((one) => [`${one.operation}, ${one.name}`, one] as const))(
    "has %s as the engine and the reference compute it",
    { timeout: 60_000 },
    async (_, one) => {
      const { device, live } = fakeDevice();
      const engine = await createEngine({ device, tuning: "forget" });
      const conditions = { layout: "channels-last", dtype: "f32", batch: 1 } as const;
      const arrays = arraysOf(one, conditions);
      const tensors = givenTensors(engine, withoutValues(one), conditions);
      expect(Object.keys(tensors)).toEqual(Object.keys(arrays));
      const returned = one.call(operations, tensors, enginePlace(conditions));
      const results = resultsOf(one, tensors, returned);
      const wanted = referenceResults(one, arrays, conditions);
      expect(Object.keys(results).length).toBeGreaterThan(0);
      for (const [name, { shape }] of Object.entries(results)) {
        expect(wanted[name]?.shape, name).toEqual(shape);
        const data = Float64Array.from(wanted[name]!.data);
        expect(data.every(Number.isFinite), name).toBe(true);
        expect(
          data.some((value) => value !== 0),
          name,
        ).toBe(true);
      }
      for (const tensor of new Set([...Object.values(tensors), ...Object.values(results)])) tensor.destroy();
      engine.destroy();
      expect(live.size).toBe(0);
    },
  );

  it("gives a call what was made before it, and keeps nothing else", async () => {
    const { device, live } = fakeDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const one: BenchOperation = {
      ...OPERATIONS[0]!,
      inputs: { x: { shape: [1, 2, 4, 4] }, dy: { shape: [1, 2, 2, 2] } },
      before: (on, { x }, { layout }) => ({
        half: on.averagePool(x!, { kernelSize: 2, ...layout }),
        all: on.averagePool(x!, { kernelSize: 4, ...layout }),
      }),
      given: ["dy", "half"],
    };
    const conditions = { layout: "channels-last", dtype: "f32", batch: 3 } as const;
    const shapes = (given: Arrays | Tensors) => Object.entries(given).map(([name, { shape }]) => [name, shape]);
    const tensors = givenTensors(engine, one, conditions);
    expect(shapes(tensors)).toEqual([
      ["dy", [3, 2, 2, 2]],
      ["half", [3, 2, 2, 2]],
    ]);
    expect(shapes(arraysOf(one, conditions))).toEqual(shapes(tensors));
    expect(engine.memory.tensors).toBe(2 * 3 * 8 * 4);
    for (const tensor of Object.values(tensors)) tensor.destroy();
    engine.destroy();
    expect(live.size).toBe(0);
  });

  it("lets a call change its tensors in place", () => {
    const tensors = { w: {}, dw: {}, m: {} } as unknown as Tensors;
    const one = { ...OPERATIONS[0]!, changes: ["w", "m"] };
    expect(resultsOf(one, tensors, undefined)).toEqual({ w: tensors["w"], m: tensors["m"] });
    const y = {} as Tensor;
    expect(Object.keys(resultsOf(one, tensors, { y }))).toEqual(["w", "m", "y"]);
  });
});
