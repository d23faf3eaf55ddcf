// Winograd on a device: chunks give the bits of the whole, and the error of every tile is measured against float64, beside its
// stated bound and the error of the direct sum; the table is printed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { elementCount } from "../../src/base/shape.ts";
import { Engine as AnyEngine } from "../../src/engine.ts";
import { type ConvDescriptor, type ConvInputs, type Constraints, type Engine } from "../../src/index.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { hardware } from "../../src/planner/hardware.ts";
import { type Layout, LAYOUTS, type Pass, convProblem, joinShape } from "../../src/problem/problem.ts";
import { adapterOf } from "../suite/adapters.ts";
import { errorBounds } from "../suite/bounds.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { FACTORS, type Operands, reference, shapeOf } from "../suite/passes.ts";
import { integers, uniform } from "../suite/random.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";
import { createWholeEngine } from "../suite/whole-engine.ts";

const winograd = algorithms.find(({ name }) => name === "winograd")!;

const traits: DeviceTraits = SOFTWARE_TRAITS;

let engine: Engine;
/** An engine that takes the adapter for a GPU. */
let gpu: Engine;
beforeAll(async () => {
  engine = await createWholeEngine();
  const { isFallback, ...names } = adapterOf("amd");
  const adapterInfo = { ...names, isFallbackAdapter: isFallback } as GPUAdapterInfo;
  gpu = new AnyEngine({ device: engine.device, owned: false, adapterInfo }, hardware(adapterOf("amd")));
});
afterAll(() => {
  gpu.destroy();
  engine.destroy();
});

/** Runs a plan on numbers for the two tensors that its pass multiplies. */
async function run(
  pass: Pass,
  descriptor: ConvDescriptor,
  operands: Operands,
  constraints: Constraints,
  on: Engine = engine,
) {
  const { layout = "channels-first" } = descriptor;
  const problem = convProblem(pass, descriptor);
  const inputs: ConvInputs = {};
  for (const name of FACTORS[pass]) inputs[name] = on.tensor(operands[name]!, shapeOf(problem, name), { layout });
  const plan = await on.plan(pass, descriptor, constraints);
  const result = plan.run(inputs);
  try {
    return { values: await result.read(), steps: plan.steps.length };
  } finally {
    for (const one of [...Object.values(inputs), result, plan]) one.destroy();
  }
}

describe("chunks", () => {
  it.each(LAYOUTS.flatMap((layout) => ["f2x3", "f4x3"].map((variant) => ({ layout, variant }))))(
    "give the same bits as the whole: $layout, $variant",
    async ({ layout, variant }) => {
      const kernelShape = layout === "channels-first" ? [14, 3, 3, 3] : [3, 3, 3, 14];
      const descriptor: ConvDescriptor = {
        inputShape: joinShape(3, 6, [13, 18], layout),
        kernelShape,
        groups: 2,
        padding: 1,
        layout,
      };
      const x = uniform(elementCount(descriptor.inputShape), 1);
      const w = uniform(elementCount(kernelShape), 2);
      const problem = convProblem("forward", descriptor);
      const [candidate] = candidatesOf(winograd, problem, traits, variant);
      const { workspaceBytes, preparedBytes } = candidate!;
      const whole = await run("forward", descriptor, { x, w }, { algorithm: "winograd", variant });
      const maxWorkspaceBytes = preparedBytes + Math.ceil(workspaceBytes / 3);
      const chunks = await run("forward", descriptor, { x, w }, { algorithm: "winograd", variant, maxWorkspaceBytes });
      expect(whole.steps).toBe(3);
      expect(chunks.steps).toBeGreaterThan(6);
      expect(chunks.values).toEqual(whole.values);
    },
  );
});

describe("fused", () => {
  // Kernels with barriers take seconds to compile here: each variant takes one layout, and the other where it reflects.
  const cases = [
    { layout: "channels-first", variant: "f2x3-fused32" },
    { layout: "channels-last", variant: "f2x3-fused16" },
  ] as const;
  const kernelOf = (layout: Layout, K: number, C: number): number[] =>
    layout === "channels-first" ? [K, C, 3, 3] : [3, 3, C, K];

  // More tiles and channels than a block has, none of them a whole number of blocks, vectors or K-steps.
  it.each(cases)("is exact on integers, past every edge: $layout, $variant", async ({ layout, variant }) => {
    const descriptor: ConvDescriptor = {
      inputShape: joinShape(2, 10, [11, 9], layout),
      kernelShape: kernelOf(layout, 70, 5),
      groups: 2,
      padding: [
        [1, 2],
        [0, 1],
      ],
      layout,
    };
    for (const pass of ["forward", "backward-data"] as const) {
      const problem = convProblem(pass, descriptor);
      const operands: Operands = {};
      FACTORS[pass].forEach((factor, at) => {
        operands[factor] = integers(elementCount(shapeOf(problem, factor)), 5 + at, 8);
      });
      const { values, steps } = await run(pass, descriptor, operands, { algorithm: "winograd", variant });
      expect(steps).toBe(1);
      expect(Array.from(values)).toEqual(Array.from(reference(problem, operands)));
    }
  });

  it.each(cases)("reflects a border and slices a volume: not $layout, $variant", async ({ layout: other, variant }) => {
    const [layout] = LAYOUTS.filter((one) => one !== other) as [Layout];
    const descriptor: ConvDescriptor = {
      inputShape: joinShape(1, 9, [3, 6, 7], layout),
      kernelShape: layout === "channels-first" ? [3, 9, 1, 3, 3] : [1, 3, 3, 9, 3],
      padding: [0, 2, 1],
      paddingMode: "reflect",
      layout,
    };
    const problem = convProblem("forward", descriptor);
    const x = integers(elementCount(descriptor.inputShape), 1, 8);
    const w = integers(elementCount(descriptor.kernelShape), 2, 8);
    const { values } = await run("forward", descriptor, { x, w }, { algorithm: "winograd", variant });
    expect(Array.from(values)).toEqual(Array.from(reference(problem, { x, w })));
  });

  it.each(cases)("keeps NaN within the tiles that see it: $layout, $variant", async ({ layout, variant }) => {
    const [C, K, size] = [5, 70, 12];
    const descriptor: ConvDescriptor = {
      inputShape: joinShape(1, 2 * C, [size, size], layout),
      kernelShape: kernelOf(layout, K, C),
      groups: 2,
      padding: 1,
      layout,
    };
    const problem = convProblem("forward", descriptor);
    const x = integers(elementCount(descriptor.inputShape), 1, 8);
    const w = integers(elementCount(descriptor.kernelShape), 2, 8);
    const expected = reference(problem, { x, w });
    // In the last channel of the first group, at its first cell: the first tile sees it.
    const channelsFirst = layout === "channels-first";
    x[channelsFirst ? (C - 1) * size ** 2 : C - 1] = NaN;
    const { values } = await run("forward", descriptor, { x, w }, { algorithm: "winograd", variant });
    const wrong = [...values].findIndex((value, at) => {
      const [k, cell] = channelsFirst ? [Math.floor(at / size ** 2), at % size ** 2] : [at % K, Math.floor(at / K)];
      const seen = k < K / 2 && cell % size < 2 && cell < 2 * size;
      return seen ? value === value && cell % size === 0 && cell === 0 : value !== expected[at];
    });
    expect(wrong).toBe(-1);
  });
});

describe("line by line", () => {
  const device: DeviceTraits = { ...DEFAULT_TRAITS, ...traitsOf(adapterOf("amd")) };
  const edges: ConvDescriptor["padding"] = [
    [1, 2],
    [0, 1],
  ];
  const of = (
    layout: Layout,
    [N, C, K]: readonly [number, number, number],
    input: readonly number[],
    kernel: readonly number[],
    rest: Partial<ConvDescriptor> = {},
  ): ConvDescriptor => {
    const own = C / (rest.groups ?? 1);
    return {
      ...{ inputShape: joinShape(N, C, [...input], layout), layout, ...rest },
      kernelShape: layout === "channels-first" ? [K, own, ...kernel] : [...kernel, own, K],
    };
  };
  // Neither tiles nor channels fill a workgroup, a vector or the map.
  interface Case {
    readonly what: string;
    readonly descriptor: ConvDescriptor;
    readonly passes?: readonly Pass[];
  }
  const cases: readonly Case[] = [
    {
      what: "in groups past every edge",
      descriptor: of("channels-first", [2, 10, 14], [11, 19], [3, 3], { groups: 2, padding: edges }),
      passes: ["forward", "backward-data", "backward-weights"],
    },
    {
      what: "in groups past every edge, channels-last",
      descriptor: of("channels-last", [2, 10, 14], [11, 19], [3, 3], { groups: 2, padding: edges }),
      passes: ["forward", "backward-weights"],
    },
    {
      what: "5x5 at stride 2",
      descriptor: of("channels-first", [1, 3, 6], [23, 17], [5, 5], { stride: 2, padding: 2 }),
    },
    { what: "a cube", descriptor: of("channels-first", [1, 3, 5], [7, 6, 9], [3, 3, 3], { padding: 1 }) },
    { what: "a cube, channels-last", descriptor: of("channels-last", [1, 3, 5], [7, 6, 9], [3, 3, 3], { padding: 1 }) },
    { what: "depth and width of a volume", descriptor: of("channels-first", [1, 3, 5], [7, 6, 9], [3, 1, 3]) },
    { what: "depth and height of a volume", descriptor: of("channels-last", [1, 3, 5], [7, 6, 9], [3, 3, 1]) },
    {
      what: "padding that reaches past the outputs",
      descriptor: of("channels-first", [1, 3, 5], [8, 7], [3, 3], { paddingValue: 2, padding: 1 }),
    },
  ];

  it.each(cases)("is within the bound of every output: $what", async ({ descriptor, passes = ["forward"] }) => {
    for (const pass of passes) {
      const problem = convProblem(pass, descriptor);
      const operands: Operands = {};
      FACTORS[pass].forEach((factor, at) => {
        operands[factor] = uniform(elementCount(shapeOf(problem, factor)), 3 + at);
      });
      const expected = reference(problem, operands);
      const separate = candidatesOf(winograd, problem, device).filter(({ variant }) => !variant.includes("fused"));
      expect(separate.length).toBeGreaterThan(0);
      for (const { variant, error } of separate) {
        const { values } = await run(pass, descriptor, operands, { algorithm: "winograd", variant }, gpu);
        const bounds = errorBounds(problem, operands, error.growth, error.spread);
        const wrong = [...values].findIndex((value, at) => !(Math.abs(value - expected[at]!) <= bounds[at]!));
        expect(wrong, `${pass} ${variant}`).toBe(-1);
      }
    }
  });
});

interface Layer {
  name: string;
  C: number;
  input: number[];
  kernel: number[];
  stride?: number;
  pass?: Pass;
}

const LAYERS: Layer[] = [
  { name: "1-D k 3, C 128", C: 128, input: [240], kernel: [3] },
  { name: "2-D 3x3, C 128", C: 128, input: [16, 16], kernel: [3, 3] },
  { name: "2-D 5x5, C 128", C: 128, input: [16, 16], kernel: [5, 5] },
  { name: "2-D 7x7, C 64", C: 64, input: [18, 18], kernel: [7, 7] },
  { name: "2-D 5x5 s 2, C 64", C: 64, input: [21, 21], kernel: [5, 5], stride: 2 },
  { name: "dw of 3x3, 32x32", pass: "backward-weights", C: 16, input: [34, 34], kernel: [3, 3] },
  { name: "dw of 5x5, 32x32", pass: "backward-weights", C: 16, input: [36, 36], kernel: [5, 5] },
  { name: "3-D 3x3x3, C 64", C: 64, input: [8, 8, 8], kernel: [3, 3, 3] },
];

const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

describe("error", () => {
  it.each(LAYERS)("of every tile is within its bound: $name", async ({ name, C, input, kernel, stride, pass }) => {
    const layout: Layout = "channels-first";
    const descriptor: ConvDescriptor = {
      inputShape: joinShape(1, C, input, layout),
      kernelShape: [4, C, ...kernel],
      ...(stride !== undefined && { stride }),
      layout,
    };
    const problem = convProblem(pass ?? "forward", descriptor);
    const operands: Operands = {};
    FACTORS[problem.pass].forEach((factor, at) => {
      operands[factor] = uniform(elementCount(shapeOf(problem, factor)), 3 + at);
    });
    const expected = reference(problem, operands);
    const relative = async (constraints: Constraints): Promise<number> => {
      const { values } = await run(problem.pass, descriptor, operands, constraints);
      return norm(expected.map((value, at) => value - values[at]!)) / norm(expected);
    };
    const directError = await relative({ algorithm: "direct" });
    const rows = [{ tile: "direct", error: directError, growth: 1, bound: errorBounds(problem, operands, 1) }];
    const candidates = candidatesOf(winograd, problem, traits).toSorted((a, b) => a.variant.localeCompare(b.variant));
    for (const { variant, error } of candidates) {
      const { growth, spread } = error;
      rows.push({
        tile: variant,
        error: await relative({ algorithm: "winograd", variant }),
        growth,
        bound: errorBounds(problem, operands, growth, spread),
      });
    }
    const lines = rows.map(
      ({ tile, error, growth, bound }) =>
        `${name.padEnd(18)} ${tile.padEnd(8)} ${error.toExponential(2)}  ${(error / directError).toFixed(2).padStart(5)} x direct  bound ${(norm(bound) / norm(expected)).toExponential(1)} (growth ${growth.toPrecision(3)})`,
    );
    console.log(`relative L2 error against float64\n${lines.join("\n")}`);
    // The error of each output is within its bound, and so is the norm of all.
    for (const { tile, error, bound } of rows) {
      expect(error, tile).toBeGreaterThan(0);
      expect(error, tile).toBeLessThanOrEqual(norm(bound) / norm(expected));
    }
  });
});
