// Every algorithm at the extremes of float32, and that results are reproducible: their bits depend on the operands alone, not on what memory
// held before. docs/reliability.md states the promises.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type ConvPlan, type Engine, type Tensor, createEngine } from "../../src/index.ts";
import { conv as referenceConv } from "../../src/reference.ts";
import { runGuarded } from "../suite/guarded.ts";
import { uniform } from "../suite/random.ts";

const CHANNELS = 4;
const SIZE = 24;
const inputShape = [1, CHANNELS, SIZE, SIZE];
const COUNT = elementCount(inputShape);

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each(algorithms.map(({ name }) => name))("%s", (algorithm) => {
  const taps = algorithm === "pointwise" ? 1 : 3;
  const groups = algorithm === "depthwise" ? CHANNELS : 1;
  const kernelShape = [CHANNELS, CHANNELS / groups, taps, taps];
  const options = { padding: taps >> 1, groups };
  let plan: ConvPlan;
  beforeAll(async () => {
    plan = await engine.plan("forward", { inputShape, kernelShape, ...options }, { algorithm });
  });
  afterAll(() => plan.destroy());

  async function run(x: Tensor, w: Tensor): Promise<Float32Array> {
    const y = plan.run({ x, w });
    try {
      return await y.read();
    } finally {
      y.destroy();
    }
  }

  async function compute(data: Float32Array, weights: Float32Array): Promise<Float32Array> {
    const x = engine.tensor(data, inputShape);
    const w = engine.tensor(weights, kernelShape);
    try {
      return await run(x, w);
    } finally {
      for (const tensor of [x, w]) tensor.destroy();
    }
  }

  const weightCount = elementCount(kernelShape);
  const reference = (data: Float32Array, weights: Float32Array): Float64Array =>
    referenceConv({ data, shape: inputShape }, { data: weights, shape: kernelShape }, options).data;

  it("gives the same bits every time, whatever the workspace held before", async () => {
    const [data, weights] = [uniform(COUNT, 1), uniform(weightCount, 2)];
    const x = engine.tensor(data, inputShape);
    const w = engine.tensor(weights, kernelShape);
    const first = bits(await run(x, w));
    expect(new Set(first).size).toBeGreaterThan(100);
    expect(bits(await run(x, w))).toEqual(first);
    // This leaves NaN in the engine's workspace, and the weights are prepacked again.
    await compute(new Float32Array(COUNT).fill(Number.NaN), weights);
    expect(bits(await run(x, w))).toEqual(first);
    w.write(weights);
    expect(bits(await run(x, w))).toEqual(first);
    // The output and the caller's workspace are filled with NaN first.
    expect(bits(await runGuarded(engine, plan, { x, w }))).toEqual(first);
    const other = await engine.plan(
      "forward",
      { inputShape, kernelShape, ...options },
      { algorithm, variant: plan.variant },
    );
    const y = other.run({ x, w });
    expect(bits(await y.read())).toEqual(first);
    for (const one of [other, x, w, y]) one.destroy();
  });

  it.each([Number.NaN, Infinity, -Infinity])(
    "spreads %s to every element that depends on it, and no further than it states",
    async (value) => {
      const weights = uniform(weightCount, 3).map((one) => one || 1);
      const data = uniform(COUNT, 4);
      const finite = await compute(data, weights);
      const centre = SIZE / 2;
      data[centre * SIZE + centre] = value;
      const expected = reference(data, weights);
      const values = await compute(data, weights);
      const lost = expected.findIndex((one, at) => !Number.isFinite(one) && Number.isFinite(values[at]!));
      expect(lost).toBe(-1);
      const [, rows, columns] = plan.errorSpread;
      const reach = (extent: number): number => extent + taps;
      const spoilt = values.findIndex((one, at) => {
        const [row, column] = [Math.floor(at / SIZE) % SIZE, at % SIZE];
        const far = Math.abs(row - centre) > reach(rows) || Math.abs(column - centre) > reach(columns);
        return far && !Object.is(one, finite[at]);
      });
      expect(spoilt).toBe(-1);
    },
  );

  it("keeps large numbers", async () => {
    // One tap, so that each sum is a single product.
    const weights = new Float32Array(weightCount);
    const inner = CHANNELS / groups;
    for (let k = 0; k < CHANNELS; k++) {
      const c = groups === 1 ? k : 0;
      weights[(k * inner + c) * taps * taps + ((taps * taps) >> 1)] = 1;
    }
    const sums = plan.errorSpread.every((extent) => extent === 0);
    // Plain sums are exact up to the largest number; transforms first add up a tile, so leave room for its sum.
    const scale = sums ? 3e38 : 1e34;
    const data = uniform(COUNT, 5).map((one) => scale * one);
    const values = await compute(data, weights);
    const most = sums ? 0 : scale * 1e-5;
    expect(values.findIndex((one, at) => !(Math.abs(one - data[at]!) <= most))).toBe(-1);
  });

  it("keeps small numbers to within the smallest normal number per term", async () => {
    const data = uniform(COUNT, 6).map((one) => 1e-38 * one);
    const weights = uniform(weightCount, 7);
    const expected = reference(data, weights);
    const values = await compute(data, weights);
    const terms = (CHANNELS / groups) * taps * taps;
    // Every product and sum may be flushed to zero; transforms have more of them, on numbers that are larger by the growth.
    const most =
      2 * terms * plan.errorGrowth * (plan.errorSpread.some((extent) => extent > 0) ? SIZE * SIZE : 1) * 2 ** -126;
    expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
  });
});
