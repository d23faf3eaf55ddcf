// Half precision and subgroup matrices in planning: who is offered them, who is not, and what error they state.
import { describe, expect, it, test } from "vitest";
import { halfError } from "../../src/algorithms/gemm/halves.ts";
import { matrixTiles } from "../../src/algorithms/gemm/subgroup-matrices.ts";
import { tile } from "../../src/algorithms/gemm/workgroup.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms, algorithmsWith } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits, type SubgroupMatrices } from "../../src/algorithms/traits.ts";
import { gamma } from "../../src/base/arithmetic.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import { errorLimit } from "../../src/conv/find.ts";
import { type Constraints, rank } from "../../src/planner/choose.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { loadPlatform } from "../../src/planner/platform.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { adapterOf } from "../suite/adapters.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { violations } from "../suite/law.ts";

const amd: DeviceTraits = { ...DEFAULT_TRAITS, ...CLASSES.amd, gpu: "amd", f16: true };
const matrices: SubgroupMatrices = {
  ...{ lanes: 32, chosen: true },
  matrices: [
    { type: "f32", M: 8, N: 8, K: 8 },
    { type: "f16", M: 16, N: 16, K: 16 },
  ],
};
const withMatrices = algorithmsWith(matrixTiles({ tile, halfError }));

function problemOf(channels: number, taps: number, dtype: Dtype = "f32", more: object = {}) {
  return convProblem("forward", {
    ...{ inputShape: [1, channels, 28, 28], kernelShape: [64, channels, taps, taps], dtype, ...more },
  });
}

/** The candidates within constraints whose variants a pattern matches, by rank. */
function matching(pattern: RegExp, constraints: Constraints, device = amd, dtype: Dtype = "f32", list = algorithms) {
  const { ranked } = rank(list, lower(problemOf(512, 3, dtype), device), constraints);
  return ranked.filter(({ candidate }) => pattern.test(candidate.variant)).map(({ candidate }) => candidate);
}

const HALVES = /-f16(s\d+)?$/;

describe("half precision", () => {
  it.each(["f32", "f16"] as const)(
    "is left out for %s tensors unless the error growth or a name allows it",
    (dtype) => {
      for (const algorithm of [undefined, "implicit-gemm"]) {
        const named: Constraints = algorithm === undefined ? {} : { algorithm };
        expect(matching(HALVES, named, amd, dtype)).toEqual([]);
        expect(matching(HALVES, { ...named, maxErrorGrowth: 256 }, amd, dtype)).toEqual([]);
        const allowed = matching(HALVES, { ...named, maxErrorGrowth: 2e4 }, amd, dtype);
        expect(allowed.length).toBeGreaterThan(1);
        const most = Math.min(...allowed.map(({ error }) => error.growth));
        expect(matching(HALVES, { ...named, maxErrorGrowth: most }, amd, dtype).length).toBeGreaterThan(0);
        expect(matching(HALVES, { ...named, maxErrorGrowth: most * 0.999 }, amd, dtype)).toEqual([]);
      }
      const variant = "64x64-8x8k16-f16";
      expect(matching(HALVES, { algorithm: "implicit-gemm", variant }, amd, dtype)).toHaveLength(1);
    },
  );

  it("is offered beside the tiles in float32, not instead, and first where the GPU packs halves", () => {
    const all = matching(/^\d+x\d+-/, { algorithm: "implicit-gemm", maxErrorGrowth: 2e4 });
    const floats = matching(/^\d+x\d+-/, { algorithm: "implicit-gemm" });
    expect(floats.length).toBeGreaterThanOrEqual(4);
    expect(all.filter(({ variant }) => !HALVES.test(variant))).toHaveLength(floats.length);
    expect(all[0]!.variant).toMatch(HALVES);
  });

  it("is offered by no device without it, not even by name", () => {
    const device = { ...amd, f16: false };
    expect(matching(HALVES, { maxErrorGrowth: 1e6 }, device)).toEqual([]);
    const one = algorithms.find(({ name }) => name === "implicit-gemm")!;
    expect(candidatesOf(one, problemOf(64, 3), device, "64x64-8x8k16-f16")).toEqual([]);
  });

  it("states an error for a K-step, which hardly grows with the length of sums, as find's check does", () => {
    const variant = "64x64-8x8k16-f16";
    const errorOf = (channels: number, taps: number, dtype: Dtype = "f32", more: object = {}) =>
      candidatesOf(
        algorithms.find(({ name }) => name === (taps === 1 ? "pointwise" : "implicit-gemm"))!,
        problemOf(channels, taps, dtype, more),
        amd,
        variant,
      )[0]!.error;
    // 18 roundings of 2^-11 in 16 of 2^-24, and the additions of K-steps.
    const { growth, halfTerms } = errorOf(512, 1);
    expect(halfTerms).toBe(16);
    expect(growth).toBeCloseTo((18 * 2 ** 13) / 16 / (1 - 18 * 2 ** -11) + 512 / 16, -1);
    expect(errorOf(512, 1, "f16").growth).toBeLessThan(growth - 1000);
    // What gives x other values than its halves adds their rounding.
    expect(errorOf(64, 3, "f16", { padding: 1, paddingValue: 0.1 }).growth).toBeGreaterThan(
      errorOf(64, 3, "f16", { padding: 1 }).growth + 1000,
    );
    expect(errorOf(2, 1).halfTerms).toBe(2);
    const [short, long] = [16, 4608].map((channels) => {
      const { error } = candidatesOf(
        algorithms.find(({ name }) => name === "pointwise")!,
        problemOf(channels, 1),
        amd,
        variant,
      )[0]!;
      return errorLimit(problemOf(channels, 1), error.growth, 1, error.halfTerms);
    });
    expect(long! / short!).toBeLessThan(1.1);
    expect(short).toBeLessThan(0.2);
    expect(growth * gamma(16)).toBeGreaterThan(18 * 2 ** -11);
  });
});

const matrixDevice: DeviceTraits = { ...amd, subgroupMatrices: matrices };

describe("subgroup matrices", () => {
  it("are candidates where the device has them, of those products alone", () => {
    const names = matching(/-matrices-/, { maxErrorGrowth: 1e5 }, matrixDevice, "f32", withMatrices).map(
      ({ variant }) => variant,
    );
    expect(names.some((name) => name.includes("8x8x8-f32"))).toBe(true);
    expect(names.some((name) => name.includes("16x16x16-f16"))).toBe(true);
    expect(names.some((name) => name.includes("8x16x16"))).toBe(false);
    expect(matching(/-matrices-/, { maxErrorGrowth: 1e5 }, amd, "f32", withMatrices)).toEqual([]);
  });

  it("round float32 tensors to halves only if that is allowed, and take halves as they are", () => {
    const inHalves = /-16x16x16-f16/;
    expect(matching(inHalves, {}, matrixDevice, "f32", withMatrices)).toEqual([]);
    const [rounded] = matching(inHalves, { maxErrorGrowth: 1e4 }, matrixDevice, "f32", withMatrices);
    expect(rounded!.error).toMatchObject({ halfTerms: 16 });
    const [exact] = matching(inHalves, {}, matrixDevice, "f16", withMatrices);
    expect(exact!.error).toMatchObject({ growth: 2 });
    expect(exact!.error.halfTerms).toBeUndefined();
    expect(matching(/-8x8x8-f32/, {}, matrixDevice, "f32", withMatrices)[0]!.error.growth).toBe(1);
  });
});

it("both keep the law of algorithms", () => {
  for (const [channels, taps] of [
    [20, 1],
    [3, 5],
    [64, 3],
  ] as const) {
    const problem = problemOf(channels, taps, "f32");
    for (const algorithm of withMatrices) {
      for (const candidate of candidatesOf(algorithm, problem, matrixDevice)) {
        if (!/-matrices-|-f16/.test(candidate.variant)) continue;
        expect([...violations(candidate, matrixDevice)]).toEqual([]);
        expect(candidatesOf(algorithm, problem, matrixDevice, candidate.variant)).toHaveLength(1);
      }
    }
  }
});

test("a platform has subgroup matrices where the adapter lists them, in subgroups whose size is certain", async () => {
  const info = {
    ...{ subgroupMinSize: 16, subgroupMaxSize: 32 },
    subgroupMatrixConfigs: [
      { componentType: "f16", resultComponentType: "f32", M: 8, N: 16, K: 16 },
      { componentType: "f16", resultComponentType: "f16", M: 8, N: 16, K: 16 },
      { componentType: "i8", resultComponentType: "i32", M: 8, N: 16, K: 32 },
    ],
  };
  const traits = async (adapterInfo: object, features: readonly string[]) => {
    const platform = await loadPlatform(adapterOf("intel"), adapterInfo);
    const device = { limits: {}, features: new Set(features), adapterInfo } as unknown as GPUDevice;
    return deviceTraits(device, platform.traits, 2 ** 28).subgroupMatrices;
  };
  const all = ["chromium-experimental-subgroup-matrix", "subgroup-size-control", "shader-f16"];
  const expected = { lanes: 16, chosen: true, matrices: [{ type: "f16", M: 8, N: 16, K: 16 }] };
  expect(await traits(info, all)).toEqual(expected);
  expect(await traits(info, all.slice(1))).toBeUndefined();
  expect(await traits(info, ["chromium-experimental-subgroup-matrix", "shader-f16"])).toBeUndefined();
  expect((await traits(info, all.slice(0, 2)))?.matrices).toEqual([]);
  expect(await traits({ ...info, subgroupMaxSize: 16 }, all)).toEqual({ ...expected, chosen: false });
  expect(await traits({ subgroupMinSize: 16, subgroupMaxSize: 16 }, all)).toBeUndefined();
});
