// What winograd offers and how it plans: refusals in words with numbers, chunks under the caps, variants by estimate.
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits, type GpuClass } from "../../src/algorithms/traits.ts";
import { partitionOf } from "../../src/algorithms/winograd/partition.ts";
import { TILES } from "../../src/algorithms/winograd/tiles.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { type Correlation, forwardCorrelation } from "../../src/problem/correlation.ts";
import { type ConvDescriptor, LAYOUTS, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { violations } from "../suite/law.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const winograd = algorithms.find(({ name }) => name === "winograd")!;

const traits: DeviceTraits = SOFTWARE_TRAITS;

const layer = (changes: Partial<ConvDescriptor> = {}) =>
  forwardCorrelation(
    convProblem("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1, ...changes }),
  );

/** The candidates for a layer, none where it is refused. */
function offered(c: Correlation, device = traits): readonly Candidate[] {
  const list = winograd.candidates(c, device);
  return "reason" in list ? [] : list;
}

/** Why a layer is refused; empty where it is not. */
function refusalOf(c: Correlation, device = traits): string {
  const list = winograd.candidates(c, device);
  return "reason" in list ? list.reason : "";
}

describe("winograd", () => {
  it.each([
    ["a stride as long as the kernel", layer({ stride: 3 }), "(3 x 3 at stride 3 x 3)"],
    ["one output", layer({ inputShape: [1, 64, 3, 3], padding: 0 }), "several outputs (1)"],
    ["dilation", layer({ dilation: 2 }), "the dilation is 2 x 2"],
    ["a pointwise kernel", layer({ kernelShape: [64, 64, 1, 1] }), "more taps than the stride (1 at stride 1)"],
  ])("refuses %s with a reason", (_what, problem, reason) => {
    expect(refusalOf(problem)).toContain(reason);
  });

  it("refuses what the workspace or a binding cannot hold, with the bytes", () => {
    const verdict = (changes: Partial<DeviceTraits>): string => refusalOf(layer(), { ...traits, ...changes });
    // F(2, 3) has 16 points, with 64 x 64 filters of 4 bytes each.
    expect(verdict({ maxBindingBytes: 200_000 })).toContain("262144 bytes, more than");
    expect(verdict({ maxWorkspaceBytes: 262_144 })).toContain("more than the 262144 of workspace");
    expect(verdict({ maxWorkspaceBytes: 0 })).toContain("more than the 0 of workspace");
  });

  it("takes strided kernels and those larger than its tiles, in subkernels", () => {
    const strided = layer({ stride: 2, kernelShape: [64, 64, 5, 5] });
    const [f4x3] = TILES.filter(({ name }) => name === "f4x3");
    expect(offered(strided)).not.toEqual([]);
    expect(partitionOf(strided, f4x3!)).toMatchObject({ phases: [1, 2, 2], subkernels: [1, 2, 2], taps: [1, 3, 3] });
    const large = layer({ kernelShape: [64, 64, 7, 5] });
    expect(offered(large)).not.toEqual([]);
    expect(partitionOf(large, f4x3!)).toMatchObject({ phases: [1, 1, 1], subkernels: [1, 3, 2], taps: [1, 3, 3] });
    const cube = layer({ inputShape: [1, 2, 9, 9, 9], kernelShape: [2, 2, 5, 5, 5] });
    expect(offered(cube)).not.toEqual([]);
  });

  it("takes kernels with sides of 1", () => {
    expect(offered(layer({ kernelShape: [64, 64, 1, 3] }))).not.toEqual([]);
    expect(offered(layer({ kernelShape: [64, 64, 5, 1] }))).not.toEqual([]);
  });
});

describe("variants", () => {
  const names = (...args: Parameters<typeof layer>): string[] => offered(layer(...args)).map(({ variant }) => variant);

  it("puts the larger tile first on large maps and the smaller one on small maps", () => {
    expect(names()).toEqual(["f4x3", "f2x3"]);
    expect(names({ kernelShape: [64, 64, 5, 5], padding: 2 })).toEqual(["f4x5", "f2x5"]);
    expect(names({ inputShape: [1, 64, 2, 2] })).toEqual(["f2x3"]);
  });

  it("leaves out tiles whose filters do not fit", () => {
    const small: DeviceTraits = { ...traits, maxBindingBytes: 300_000 };
    expect(offered(layer(), small).map(({ variant }) => variant)).toEqual(["f2x3"]);
  });
});

describe("plan", () => {
  const problems = LAYOUTS.flatMap((layout) => {
    const inputShape = layout === "channels-first" ? [2, 12, 30, 30] : [2, 30, 30, 12];
    const kernelShape = layout === "channels-first" ? [20, 6, 3, 3] : [3, 3, 6, 20];
    return [forwardCorrelation(convProblem("forward", { inputShape, kernelShape, groups: 2, layout }))];
  });

  it.each(problems)("chunks under the caps and covers every tile once: %j", (problem) => {
    for (const { variant, workspaceBytes, preparedBytes } of offered(problem)) {
      for (const share of [0.9, 0.5, 0.2]) {
        const cap = Math.ceil(preparedBytes + share * workspaceBytes);
        const device: DeviceTraits = { ...traits, maxWorkspaceBytes: cap };
        const chunked = offered(problem, device).find((one) => one.variant === variant)!;
        const { steps } = chunked.plan();
        expect(chunked.workspaceBytes + chunked.preparedBytes).toBeLessThanOrEqual(cap);
        expect(steps.length).toBeGreaterThan(3);
        expect(steps.length % 3).toBe(0);
        const inputs = steps.filter(({ kernel }) => kernel.shaders.at(-1)!.name === "algorithms/winograd/input");
        let next = 0;
        for (const { uniforms } of inputs) {
          const { tiles, firstTile } = uniforms as { tiles: number; firstTile: number };
          expect(firstTile).toBe(next);
          next += tiles;
        }
        expect(next).toBe(2 * Math.ceil(28 / Number(variant[1])) ** 2);
      }
    }
  });
});

/** Intel's, where a kernel may ask for them. */
const SMALL_SUBGROUPS = { subgroupSize: 8, maxSums: 64 };

describe.each(Object.keys(CLASSES) as GpuClass[])("on %s", (gpu) => {
  const device: DeviceTraits =
    gpu === "software" ? traits : { ...DEFAULT_TRAITS, ...CLASSES[gpu], gpu, ...(gpu === "intel" && SMALL_SUBGROUPS) };
  const problems = LAYOUTS.flatMap((layout) => {
    const shapes = (
      N: number,
      C: number,
      side: number,
      K: number,
    ): Pick<ConvDescriptor, "inputShape" | "kernelShape"> =>
      layout === "channels-first"
        ? { inputShape: [N, C, side, side], kernelShape: [K, C, 3, 3] }
        : { inputShape: [N, side, side, C], kernelShape: [3, 3, C, K] };
    return [shapes(1, 64, 28, 64), shapes(16, 64, 56, 64), shapes(2, 6, 9, 70)].map((one) =>
      convProblem("forward", { ...one, padding: 1, layout }),
    );
  });

  it("keeps the law", () => {
    for (const problem of problems) {
      for (const candidate of candidatesOf(winograd, problem, device))
        expect([...violations(candidate, device)], candidate.variant).toEqual([]);
    }
  });

  it("takes one dispatch a run fused, three a chunk otherwise, and keeps chunks in the cache", () => {
    for (const problem of problems) {
      for (const candidate of candidatesOf(winograd, problem, device)) {
        const { variant, workspaceBytes } = candidate;
        const { steps } = candidate.plan();
        if (variant.includes("fused")) {
          expect(steps.length).toBe(1);
          expect(workspaceBytes).toBe(0);
        } else {
          const cap = gpu === "software" ? 2 ** 25 : device.cacheBytes;
          expect(workspaceBytes).toBeLessThanOrEqual(cap);
          if (problem.N < 16 && gpu !== "mobile") expect(steps.length).toBe(3);
        }
      }
    }
  });

  it("divides tiles among chunks evenly, and into no smaller ones where each loads more filters than the cache holds", () => {
    const chunksOf = (N: number, C: number, side: number): number[] => {
      const problem = convProblem("forward", { inputShape: [N, C, side, side], kernelShape: [C, C, 3, 3], padding: 1 });
      const { steps } = candidatesOf(winograd, problem, device, "f4x3")[0]!.plan();
      return steps.flatMap(({ uniforms: { tiles } }, at) => (at % 3 === 0 ? [Number(tiles)] : []));
    };
    const many = chunksOf(16, 64, 56);
    expect(Math.min(...many)).toBeGreaterThan(0.9 * Math.max(...many));
    expect(chunksOf(16, 512, 7)).toEqual([64]);
  });

  it("offers fused tiles where workgroup memory is fast, with no more sums than registers hold", () => {
    const names = candidatesOf(winograd, problems[0]!, device).map(({ variant }) => variant);
    const fused = names.filter((name) => name.includes("fused")).toSorted();
    const expected = { software: [], mobile: [], intel: ["f2x3-fused16"], unknown: ["f2x3-fused16"] };
    expect(fused).toEqual(expected[gpu as keyof typeof expected] ?? ["f2x3-fused16", "f2x3-fused32"]);
  });
});

it("offers no fused tile to 16 lanes on Intel, nor where workgroups are small, but by its name to whom can run it", () => {
  const problem = convProblem("forward", { inputShape: [1, 8, 9, 9], kernelShape: [8, 8, 3, 3] });
  const named = (device: DeviceTraits, name?: string) =>
    candidatesOf(winograd, problem, device, name).filter(({ variant }) => variant.includes("fused"));
  expect(named({ ...DEFAULT_TRAITS, ...CLASSES.intel, gpu: "intel" })).toEqual([]);
  expect(named({ ...DEFAULT_TRAITS, maxWorkgroupInvocations: 128 }, "f2x3-fused16")).toEqual([]);
  expect(named(traits, "f2x3-fused32")).toHaveLength(1);
});

it("transforms tiles line by line on GPUs, unless a tile is one line", () => {
  const shadersOf = (device: DeviceTraits, kernel: number[], name: string) => {
    const problem = convProblem("forward", { inputShape: [1, 8, 20, 20], kernelShape: [8, 8, ...kernel], padding: 2 });
    const { preparation, steps } = candidatesOf(winograd, problem, device, name)[0]!.plan();
    return [...preparation!.steps, steps[0]!, steps[2]!].map(({ kernel: { shaders } }) => shaders.at(-1)!.name);
  };
  const wholeTiles = ["filter", "input", "output"].map((name) => `algorithms/winograd/${name}`);
  const lines = wholeTiles.map((name) => `${name}-lines`);
  expect(shadersOf(DEFAULT_TRAITS, [5, 5], "f4x5")).toEqual(lines);
  expect(shadersOf(DEFAULT_TRAITS, [5, 1], "f4x5")).toEqual(wholeTiles);
  expect(shadersOf(traits, [5, 5], "f4x5")).toEqual(wholeTiles);
});

describe("errors", () => {
  const stated = (name: string, changes: Partial<ConvDescriptor> = {}) => {
    const { error } = offered(layer(changes)).find(({ variant }) => variant === name)!;
    return error;
  };

  it("grow with the tile and with the axes, and spread over the tile", () => {
    expect(stated("f4x3").growth).toBeGreaterThan(stated("f2x3").growth);
    const line = stated("f4x3", { kernelShape: [64, 64, 1, 3] });
    expect(line.growth).toBeLessThan(stated("f4x3").growth);
    expect(line.spread).toEqual([0, 0, 5]);
    expect(stated("f2x3").spread).toEqual([0, 3, 3]);
  });

  it("are none on small integers with F(2, 3), while sums stay exact", () => {
    expect(stated("f2x3").exactOnIntegers).toBe(true);
    expect(stated("f4x3").exactOnIntegers).toBe(false);
    expect(stated("f2x3", { inputShape: [1, 2048, 4, 4], kernelShape: [4, 2048, 3, 3] }).exactOnIntegers).toBe(false);
  });
});
