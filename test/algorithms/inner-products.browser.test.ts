// The inner products of the tiled GEMM beside that of threads in float32. In half precision, where the adapter has it; by subgroup matrices, which no
// software adapter has, on such as every invocation emulates by itself (suite/subgroup-matrices.ts): that shows every index, if not the hardware.
import { afterAll, describe, expect, it } from "vitest";
import { halfError } from "../../src/algorithms/gemm/halves.ts";
import { matrixTiles } from "../../src/algorithms/gemm/subgroup-matrices.ts";
import { tile } from "../../src/algorithms/gemm/workgroup.ts";
import { algorithmsWith } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { Engine } from "../../src/engine.ts";
import { type ConvDescriptor, createEngine } from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { hardware } from "../../src/planner/hardware.ts";
import { type Pass, convProblem } from "../../src/problem/problem.ts";
import { adapterOf } from "../suite/adapters.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { checkVariant } from "../suite/forms.ts";
import { withoutSubgroupMatrices } from "../suite/subgroup-matrices.ts";

const own = await createEngine();
const { device } = own;
const hasHalves = device.features.has("shader-f16");

const create = device.createShaderModule.bind(device);
device.createShaderModule = (descriptor) => create({ ...descriptor, code: withoutSubgroupMatrices(descriptor.code) });

const adapter = adapterOf("amd");
const { traits: ofClass } = hardware(adapter);
const algorithms = algorithmsWith(matrixTiles({ tile, halfError }));
const platform = {
  algorithms,
  traits: {
    ...ofClass,
    onDevice: (): Partial<DeviceTraits> => ({
      subgroupMatrices: {
        ...{ lanes: 32, chosen: false },
        matrices: [
          { type: "f32", M: 8, N: 8, K: 8 },
          ...(hasHalves ? ([16, 8] as const).map((M) => ({ type: "f16", M, N: 16, K: 16 }) as const) : []),
        ],
      },
    }),
  },
};
const adapterInfo = { ...adapter, isFallbackAdapter: false } as unknown as GPUAdapterInfo;
const engine = new Engine({ device, owned: false, adapterInfo }, platform);
afterAll(() => {
  engine.destroy();
  own.destroy();
});
const traits = deviceTraits(device, platform.traits, DEFAULT_TRAITS.maxWorkspaceBytes);

interface Named {
  readonly name: string;
  readonly algorithm: string;
  readonly pass: Pass;
  readonly descriptor: ConvDescriptor;
}

const CASES: readonly Named[] = [
  {
    name: "1x1, sizes that no tile divides",
    algorithm: "pointwise",
    pass: "forward",
    descriptor: { inputShape: [2, 20, 9, 11], kernelShape: [70, 20, 1, 1], bias: true, activation: "relu" },
  },
  {
    name: "gradient of 1x1 weights",
    algorithm: "pointwise",
    pass: "backward-weights",
    descriptor: { inputShape: [2, 18, 9, 7], kernelShape: [19, 18, 1, 1] },
  },
  {
    name: "1x1 at stride 2, channels-last, groups",
    algorithm: "pointwise",
    pass: "forward",
    descriptor: {
      ...{ inputShape: [1, 9, 12, 20], kernelShape: [1, 1, 10, 36], groups: 2 },
      ...{ stride: 2, layout: "channels-last" },
    },
  },
  {
    name: "3x3, sizes that no tile divides",
    algorithm: "implicit-gemm",
    pass: "forward",
    descriptor: { inputShape: [1, 21, 9, 11], kernelShape: [70, 21, 3, 3], padding: 1, residual: true },
  },
  {
    name: "3x3, channels-last, constant padding",
    algorithm: "implicit-gemm",
    pass: "forward",
    descriptor: {
      ...{ inputShape: [1, 7, 8, 16], kernelShape: [3, 3, 16, 36], padding: 1, paddingValue: 0.5 },
      layout: "channels-last",
    },
  },
  {
    name: "5x5 at stride 2 over three channels, gradient of the input",
    algorithm: "implicit-gemm",
    pass: "backward-data",
    descriptor: { inputShape: [1, 3, 13, 12], kernelShape: [18, 3, 5, 5], stride: 2, padding: 2 },
  },
];

/** The variants by inner products other than that in float32. */
const OTHERS = /-matrices-|-f16/;

/** What a variant multiplies by: matrices of some size, or halves. */
const kindOf = (variant: string): string => /matrices-\w+-f\d+|f16/.exec(variant)![0];

describe.concurrent("an inner product is right", () => {
  for (const [at, { name, algorithm, pass, descriptor }] of CASES.entries()) {
    const dtype = hasHalves && at % 2 === 1 ? "f16" : "f32";
    const typed: ConvDescriptor = { ...descriptor, dtype };
    const problem = convProblem(pass, typed);
    const one = algorithms.find((each) => each.name === algorithm)!;
    const candidates = candidatesOf(one, problem, traits).filter(({ variant }) => OTHERS.test(variant));
    const kinds = [...new Set(candidates.map(({ variant }) => kindOf(variant)))];
    it(`${pass}: ${name}, ${dtype}: has others than that in float32`, () => {
      expect(kinds.length).toBe(hasHalves ? 4 : 1);
    });
    // Two kinds in turn, and one candidate of each: compiling is most of what the tests wait for.
    for (const kind of new Set([0, 1].map((next) => kinds[(3 * at + next) % kinds.length]!))) {
      const same = candidates.filter(({ variant }) => kindOf(variant) === kind);
      const { variant, error } = same[at % same.length]!;
      it(`${pass}: ${name}, ${dtype} (${variant})`, () =>
        checkVariant(engine, pass, typed, { name, algorithm, variant, error }));
    }
  }
});
