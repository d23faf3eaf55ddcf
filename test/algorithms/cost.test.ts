// The model that ranks plans: it counts what grows, takes the slower of what overlaps, and picks what measurements found the fastest.
import { describe, expect, it } from "vitest";
import { descriptorOf } from "../../bench/layer.ts";
import { LAYERS } from "../../bench/layers.ts";
import { DEFAULT_RATES, type Rates, type Work, estimate } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { choose } from "../../src/planner/choose.ts";
import { type Pass, convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const rates: Rates = {
  ...{ multiplyAdds: 100, loads: 10, bytes: 1000, dispatch: 0.5, threads: 4, overlap: false },
  ...{ workgroupLoads: 20, traffic: 2000, cores: 1 },
};
const work: Work = { threads: 4, multiplyAdds: 200, loads: 0, bytes: 0 };

describe("estimate", () => {
  const alone = estimate([work], rates);

  it("adds up dispatches, each with its own cost", () => {
    expect(estimate([], rates)).toBe(0);
    expect(estimate([work, work], rates)).toBeCloseTo(2 * alone);
    expect(estimate([work], { ...rates, dispatch: 1.5 })).toBeCloseTo(alone + 1);
  });

  it("adds loads to arithmetic on a CPU, and takes the slower of the two on a GPU", () => {
    const loading = { ...work, loads: 1000 };
    expect(estimate([loading], rates)).toBeCloseTo(alone + 100);
    const gpu = { ...rates, overlap: true };
    expect(estimate([{ ...loading, multiplyAdds: 0 }], gpu)).toBeCloseTo(estimate([loading], gpu));
  });

  it("is bound by memory where little is computed on it", () => {
    expect(estimate([{ ...work, bytes: 1e6 }], rates)).toBeCloseTo(1000.5);
    expect(estimate([{ ...work, bytes: 1 }], rates)).toBe(alone);
  });

  it("counts an adapter that is half idle as half as fast", () => {
    const busy = alone - rates.dispatch;
    expect(estimate([work], { ...rates, threads: 8, cores: 2 })).toBeCloseTo(rates.dispatch + 2 * busy);
    expect(estimate([work], { ...rates, threads: 2, cores: 2 })).toBe(alone);
  });

  it("counts a core of a CPU as busy with few invocations, but for lanes without one", () => {
    const busy = work.multiplyAdds / rates.multiplyAdds;
    const two = { ...rates, loads: Infinity, threads: 128, cores: 2 };
    expect(estimate([{ ...work, threads: 16 }], two)).toBeCloseTo(rates.dispatch + 2 * busy);
    expect(estimate([{ ...work, threads: 3 }], two)).toBeCloseTo(rates.dispatch + (8 / 3) * busy);
    expect(estimate([{ ...work, threads: 64 }], two)).toBeCloseTo(rates.dispatch + 2 * busy);
    expect(estimate([{ ...work, threads: 96 }], two)).toBeCloseTo(rates.dispatch + (4 / 3) * busy);
  });
});

describe("the figures of an adapter on the CPU", () => {
  // What `npm run bench -- --algorithm find` measured to be the fastest on SwiftShader and lavapipe, or within 15 % of it on SwiftShader.
  it.each([
    ["L1", ["winograd"]],
    ["L2", ["winograd"]],
    ["L3", ["winograd"]],
    ["L4", ["winograd"]],
    ["L5", ["direct", "winograd"]],
    ["L6", ["pointwise"]],
    ["L7", ["pointwise", "im2col"]],
    ["L8", ["depthwise"]],
    ["L9", ["winograd", "fft"]],
    ["L10", ["fft"]],
    ["L11", ["fft"]],
    ["L11s", ["fft"]],
    ["L13", ["winograd", "direct", "im2col"]],
    ["L14", ["direct"]],
    ["L15", ["fft", "winograd"]],
    ["L1bd", ["winograd"]],
    ["L9bd", ["winograd", "fft"]],
    ["L1bw", ["winograd"]],
    ["L9bw", ["winograd"]],
  ])("pick for %s one of %j", (id, best) => {
    const layer = LAYERS.find((one) => one.id === id)!;
    const pass = layer.pass as "forward";
    const options = { batch: 1, layout: "channels-first", dtype: "f32" } as const;
    const problem = convProblem(pass, descriptorOf(layer, pass, options));
    expect(best).toContain(choose(algorithms, lower(problem, SOFTWARE_TRAITS), {}).chosen.algorithm);
  });

  it("differ from those of a GPU", () => {
    expect(DEFAULT_RATES.software.overlap).toBe(false);
    expect(DEFAULT_RATES.hardware.overlap).toBe(true);
    for (const name of ["multiplyAdds", "loads", "bytes", "threads"] as const)
      expect(DEFAULT_RATES.hardware[name], name).toBeGreaterThan(DEFAULT_RATES.software[name]);
  });
});

// Gradients of weights of few channels on large maps are few sums of many terms: 9 times the forward pass, where each was the work of one thread.
it.each([
  ["3 channels, depthwise", [1, 3, 512, 512], [3, 1, 3, 3], 3],
  ["8 channels, depthwise", [1, 8, 512, 512], [8, 1, 3, 3], 8],
  ["32 channels, depthwise", [1, 32, 112, 112], [32, 1, 3, 3], 32],
  ["1 to 1", [1, 1, 1024, 1024], [1, 1, 3, 3], 1],
  ["1 to 8", [1, 1, 512, 512], [8, 1, 3, 3], 1],
  ["3 to 16", [1, 3, 512, 512], [16, 3, 3, 3], 1],
  ["a long signal, 9 taps", [1, 1, 1_000_000], [1, 1, 9], 1],
  ["a long signal, 65 taps", [1, 1, 1_000_000], [1, 1, 65], 1],
])("the gradient of the weights takes at most twice the forward pass: %s", (_, inputShape, kernelShape, groups) => {
  const seconds = (pass: Pass, device: DeviceTraits): number =>
    choose(algorithms, lower(convProblem(pass, { inputShape, kernelShape, groups, padding: "same" }), device), {})
      .chosen.seconds;
  for (const device of [SOFTWARE_TRAITS, DEFAULT_TRAITS])
    // The steps that add partial sums start dispatches of their own.
    expect(seconds("backward-weights", device)).toBeLessThanOrEqual(
      2 * seconds("forward", device) + 3 * device.rates.dispatch,
    );
});

// FCN's upsampling by 32: as 1024 phases it took 2048 dispatches of little work.
it("a transposed convolution of many phases takes few dispatches", () => {
  const problem = convProblem("backward-data", {
    inputShape: [1, 21, 544, 544],
    kernelShape: [21, 1, 64, 64],
    groups: 21,
    stride: 32,
  });
  const list = algorithms.filter(({ name }) => name === "direct" || name === "im2col");
  const { candidate } = choose(list, lower(problem, SOFTWARE_TRAITS), {}).chosen;
  expect(candidate.dispatches, candidate.variant).toBeLessThanOrEqual(4);
});
