// What is ranked for the public layers on adapters of each class: enough for `find` to choose from, in a sane order.
import { expect, it } from "vitest";
import { descriptorOf } from "../../bench/layer.ts";
import { LAYERS } from "../../bench/layers.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { type Ranked, rank } from "../../src/planner/choose.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { transposedProblem } from "../../src/problem/transposed.ts";
import { DEVICES } from "../suite/adapters.ts";

/** The candidates for a public layer, by rank. */
function rankedFor(id: string, device: DeviceTraits, batch = 1): readonly Ranked[] {
  const layer = LAYERS.find((one) => one.id === id)!;
  const options = { batch, layout: "channels-first", dtype: "f32" } as const;
  const given = descriptorOf(layer, layer.pass, options);
  const problem = layer.pass === "transposed" ? transposedProblem(given) : convProblem(layer.pass, given);
  return rank(algorithms, lower(problem, device), {}).ranked;
}

const GPUS = DEVICES.filter(({ traits }) => !traits.software);
const WITH_MEMORY = GPUS.filter(({ traits }) => traits.workgroupBytes > 0);

it.each(WITH_MEMORY)("$name has several candidates of each product", ({ traits }) => {
  for (const id of ["L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10", "L11", "L12", "L13"]) {
    const names = rankedFor(id, traits).map(({ algorithm }) => algorithm);
    const count = (name: string): number => names.filter((one) => one === name).length;
    expect(count("implicit-gemm"), id).toBeGreaterThanOrEqual(4);
    expect(Math.max(count("pointwise"), count("im2col")), id).toBeGreaterThanOrEqual(4);
    if (id === "L6" || id === "L7") expect(count("pointwise"), id).toBeGreaterThanOrEqual(4);
  }
});

it.each(GPUS)("$name has the expected algorithms first", ({ traits }) => {
  for (const batch of [1, 16]) {
    const first = (id: string): string => rankedFor(id, traits, batch)[0]!.algorithm;
    expect(first("L1"), `L1 of ${batch}`).toBe("winograd");
    expect(first("L2"), `L2 of ${batch}`).toBe("winograd");
    expect(first("L8"), `L8 of ${batch}`).toBe("depthwise");
    // Products of matrices, where there is workgroup memory for them; with 2 dispatches at most.
    if (traits.workgroupBytes > 0)
      for (const id of ["L6", "L7"]) expect(["pointwise", "implicit-gemm"], `${id} of ${batch}`).toContain(first(id));
    expect(first("L14"), `L14 of ${batch}`).toBe("direct");
  }
});

it.each([
  ["3x3", { inputShape: [1, 3, 96, 96], kernelShape: [16, 3, 3, 3], stride: 2, padding: 1 }],
  ["7x7", { inputShape: [4, 1, 96, 96], kernelShape: [32, 1, 7, 7], stride: 2, padding: 3 }],
])(
  "a software adapter computes the gradient of the %s weights of a first layer by direct, in few long sums",
  (_, given) => {
    const { traits } = DEVICES.find((one) => one.traits.software)!;
    const lowered = lower(convProblem("backward-weights", given), { ...traits, quads: true });
    const [first] = rank(algorithms, lowered, {}).ranked;
    expect(first!.algorithm).toBe("direct");
  },
);

it("a software adapter computes the gradient of 3x3 weights with many channels by Winograd", () => {
  const { traits } = DEVICES.find((one) => one.traits.software)!;
  const problem = convProblem("backward-weights", {
    ...{ inputShape: [1, 128, 14, 14], kernelShape: [128, 128, 3, 3], padding: 1 },
  });
  const [first] = rank(algorithms, lower(problem, { ...traits, quads: true }), {}).ranked;
  expect(first!.algorithm).toBe("winograd");
});
