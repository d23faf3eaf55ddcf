// The model that ranks plans: it counts what grows, takes the slower of what overlaps, and picks what measurements found the fastest.
import { describe, expect, it } from "vitest";
import { descriptorOf } from "../../bench/layer.ts";
import { LAYERS } from "../../bench/layers.ts";
import { DEFAULT_RATES, type Rates, type Work, estimate } from "../../src/algorithms/cost.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { choose } from "../../src/planner/choose.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const rates: Rates = { multiplyAdds: 100, loads: 10, bytes: 1000, dispatch: 0.5, threads: 4, overlap: false };
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
    expect(estimate([work], { ...rates, threads: 8 })).toBeCloseTo(rates.dispatch + 2 * busy);
    expect(estimate([work], { ...rates, threads: 2 })).toBe(alone);
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
    expect(best).toContain(choose(algorithms, problem, SOFTWARE_TRAITS, {}).chosen.algorithm);
  });

  it("differ from those of a GPU", () => {
    expect(DEFAULT_RATES.software.overlap).toBe(false);
    expect(DEFAULT_RATES.hardware.overlap).toBe(true);
    for (const name of ["multiplyAdds", "loads", "bytes", "threads"] as const)
      expect(DEFAULT_RATES.hardware[name], name).toBeGreaterThan(DEFAULT_RATES.software[name]);
  });
});
