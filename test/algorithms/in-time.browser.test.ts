// Dispatches that would take too long are cut: on an adapter that is said to be slow, every algorithm computes in parts what it computes at once.
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_RATES } from "../../src/algorithms/cost.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type ConvDescriptor, type Engine, createEngine } from "../../src/index.ts";
import { environmentOf } from "../../src/planner/tuning.ts";
import { type Pass, convProblem, tensorShape } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { inLayout } from "../suite/layouts.ts";
import { integers } from "../suite/random.ts";

/** Thousands of multiply-adds take the longest that a dispatch may. */
const SLOW = { ...DEFAULT_RATES.software, multiplyAdds: 1e5, loads: 1e5, threads: 1 };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
  await engine.tuning.import({
    ...{ format: 1, entries: [] },
    calibrations: [{ ...environmentOf(engine.info.adapter), rates: SLOW }],
  });
});
afterAll(() => engine.destroy());

const array = (shape: readonly number[], seed: number) => ({
  shape: [...shape],
  data: integers(elementCount(shape), seed, 4),
});

const batch = { inputShape: [5, 8, 9, 7], kernelShape: [12, 8, 3, 3], padding: 1 };
const rows = { inputShape: [1, 8, 40, 5], kernelShape: [8, 4, 3, 3], groups: 2, stride: [2, 1], padding: [0, 1] };
const signal = { inputShape: [1, 2, 999], kernelShape: [3, 2, 9], padding: 8, dilation: 2 };
const points = { inputShape: [3, 16, 8, 8], kernelShape: [8, 16, 1, 1] };
const strided = { inputShape: [12, 8, 33, 9], kernelShape: [8, 8, 1, 1], stride: 2 };
const border = { inputShape: [2, 4, 30, 6], kernelShape: [6, 4, 5, 3], padding: 2, paddingMode: "reflect" };
const phases = { inputShape: [2, 4, 17, 14], kernelShape: [6, 4, 4, 3], stride: 2, padding: 1 };
const maps = { inputShape: [2, 6, 31, 17], kernelShape: [6, 1, 3, 3], groups: 6, padding: 1 };

const CASES: readonly [string, string, Pass, object][] = [
  ["direct", "rows", "forward", rows],
  ["direct", "signal", "forward", signal],
  ["implicit-gemm", "border", "forward", border],
  ["im2col", "rows", "forward", rows],
  ["winograd", "batch", "forward", batch],
  ["pointwise", "points", "forward", points],
  ["pointwise", "strided", "forward", strided],
  ["implicit-gemm", "rows", "backward-data", rows],
  ["direct", "rows", "backward-weights", rows],
  ["direct", "signal", "backward-weights", signal],
  ["implicit-gemm", "batch", "backward-weights", batch],
  ["pointwise", "points", "backward-weights", points],
  ["im2col", "points", "backward-weights", points],
  ["direct", "phases", "backward-data", phases],
  ["im2col", "phases", "backward-data", phases],
  ["depthwise", "maps", "forward", maps],
  ["depthwise", "maps", "backward-data", maps],
  ["depthwise", "maps", "backward-weights", maps],
];

it.each(CASES)("%s computes %s, %s, in parts", async (algorithm, _, pass, given) => {
  for (const layout of ["channels-first", "channels-last"] as const) {
    const {
      inputShape,
      kernelShape,
      bias: _bias,
      residual: _residual,
      ...geometry
    } = inLayout(given as ConvDescriptor, layout);
    const descriptor = { inputShape, kernelShape, ...geometry };
    const plan = await engine.plan(pass, descriptor, { algorithm });
    expect(plan.steps.length, plan.explain()).toBeGreaterThan(algorithm === "winograd" ? 3 : 2);
    const outputShape = tensorShape(convProblem("forward", descriptor), "y");
    const [x, w, dy] = [array(inputShape, 1), array(kernelShape, 2), array(outputShape, 3)];
    const tensor = ({ data, shape }: typeof x) => engine.tensor(data, shape, { layout });
    const inputs = { x: tensor(x), w: tensor(w), dy: tensor(dy) };
    const { [pass === "forward" ? "dy" : pass === "backward-data" ? "x" : "w"]: _unused, ...needed } = inputs;
    const result = await plan.run(needed).read();
    const expected = {
      forward: () => reference.conv(x, w, geometry),
      "backward-data": () => reference.convBackwardData(dy, w, { ...geometry, inputShape }),
      "backward-weights": () => reference.convBackwardWeights(x, dy, { ...geometry, kernelShape }),
    }[pass]();
    const wrong = expected.data.findIndex((value, at) => Math.round(result[at]!) + 0 !== value + 0);
    expect([wrong, result.length], `${plan.variant} in ${plan.steps.length} steps`).toEqual([-1, expected.data.length]);
    plan.destroy();
    for (const one of Object.values(inputs)) one.destroy();
  }
});
