// Tiles of pooling: in large maps an invocation computes several results, on software adapters along the width too. Both forms compute the same
// bits, and those of the reference where sums are exact. The sizes leave tiles incomplete at the end of both axes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { type Engine, type Tensor, createEngine } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import { LAYOUTS } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { newDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";
import { inLayout } from "./windows.ts";

let software: Engine;
let gpu: Engine;

beforeAll(async () => {
  software = await createEngine({ device: await newDevice(), tuning: "forget" });
  const device = await newDevice();
  Object.defineProperty(device, "adapterInfo", { value: { vendor: "nvidia", architecture: "ampere" } });
  gpu = await createEngine({ device, tuning: "forget" });
});

afterAll(() => {
  for (const engine of [software, gpu]) {
    engine.destroy();
    engine.device.destroy();
  }
});

const THREE = { kernelSize: 3, stride: 1, padding: 1 };
const STRIDED = { kernelSize: 3, stride: 2, padding: 1 };
const BLURRED = { ...STRIDED, sigma: 0.85 };

interface Case {
  readonly name: string;
  /** Channels first. */
  readonly shape: readonly number[];
  readonly call: (given: Tensor, inLayout: (shape: readonly number[]) => number[]) => Tensor[];
}

const CASES: readonly Case[] = [
  { name: "averagePool 3x3", shape: [2, 28, 38, 41], call: (x) => [operations.averagePool(x, THREE)] },
  {
    name: "averagePoolBackward 3x3",
    shape: [2, 28, 38, 41],
    call: (dy) => [
      operations.averagePoolBackward(dy, { ...THREE, inputShape: dy.shape }),
      operations.averagePoolBackward(dy, { ...THREE, ceilMode: true, includePadding: true, inputShape: dy.shape }),
    ],
  },
  {
    name: "averagePoolBackward 3x3 at stride 2",
    shape: [2, 80, 19, 21],
    call: (dy, shaped) => [
      operations.averagePoolBackward(dy, { ...STRIDED, inputShape: shaped([2, 80, 38, 41]) }),
      operations.averagePoolBackward(dy, { ...STRIDED, includePadding: true, inputShape: shaped([2, 80, 38, 41]) }),
    ],
  },
  {
    name: "maxPoolWithIndices 3x3 and its gradient",
    shape: [2, 28, 38, 41],
    call: (x) => {
      const { y, indices } = operations.maxPoolWithIndices(x, THREE);
      return [
        y,
        indices as unknown as Tensor,
        operations.maxPoolBackward(y, indices, { ...THREE, inputShape: x.shape }),
      ];
    },
  },
  { name: "maxPool 2x2", shape: [2, 224, 25, 25], call: (x) => [operations.maxPool(x, { kernelSize: 2 })] },
  { name: "gaussianPool 3x3", shape: [2, 184, 25, 27], call: (x) => [operations.gaussianPool(x, BLURRED)] },
  {
    name: "gaussianPoolBackward 3x3",
    shape: [2, 184, 13, 14],
    call: (dy, shaped) => [operations.gaussianPoolBackward(dy, { ...BLURRED, inputShape: shaped([2, 184, 25, 27]) })],
  },
];

describe.each(LAYOUTS)("%s", (layout) => {
  it.each(CASES)("$name", async ({ shape, call }) => {
    const values = integers(elementCount(shape), 1, 5);
    const on = async (engine: Engine): Promise<(Float32Array | Uint32Array)[]> => {
      using x = engine.tensor(values, inLayout(shape, layout), { layout });
      const results = call(x, (sizes) => inLayout(sizes, layout));
      const read = await Promise.all(results.map((one) => one.read()));
      for (const one of results) one.destroy();
      return read;
    };
    expect(await on(software)).toEqual(await on(gpu));
  });

  it("as the reference", async () => {
    const shape = inLayout([2, 28, 38, 41], layout);
    const values = integers(elementCount(shape), 1, 5);
    const x = { data: Float64Array.from(values), shape };
    const expected = [
      reference.sumPool(x, { ...THREE, layout }),
      reference.maxPool(x, { ...THREE, layout }),
      reference.sumPoolBackward(x, { ...THREE, inputShape: shape, layout }),
    ];
    for (const engine of [software, gpu]) {
      using given = engine.tensor(values, shape, { layout });
      const results = [
        operations.sumPool(given, THREE),
        operations.maxPool(given, THREE),
        operations.sumPoolBackward(given, { ...THREE, inputShape: shape }),
      ];
      for (const [at, one] of results.entries()) {
        expect(Float64Array.from(await one.read())).toEqual(expected[at]!.data);
        one.destroy();
      }
    }
  });
});
