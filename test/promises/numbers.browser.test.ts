// What algorithms do with numbers at the ends of float32, and that they do the same every time: the bits of a result depend on its
// operands alone, not on what the memory held before. docs/reliability.md says what is promised.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/index.ts";
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
    // The workspace of the engine holds NaN after this, and what is prepared of the weights is made anew.
    await compute(new Float32Array(COUNT).fill(Number.NaN), weights);
    expect(bits(await run(x, w))).toEqual(first);
    w.write(weights);
    expect(bits(await run(x, w))).toEqual(first);
    // Output and a workspace of the caller's are NaN before.
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
    "carries %s to every element that depends on it, and no further than it says",
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

  it("keeps what is large as it should", async () => {
    // One tap, so that sums are single products.
    const weights = new Float32Array(weightCount);
    const inner = CHANNELS / groups;
    for (let k = 0; k < CHANNELS; k++) {
      const c = groups === 1 ? k : 0;
      weights[(k * inner + c) * taps * taps + ((taps * taps) >> 1)] = 1;
    }
    const sums = plan.errorSpread.every((extent) => extent === 0);
    // Plain sums come out as they are up to the largest number; transforms add up a tile before, so there must be room for its sum.
    const scale = sums ? 3e38 : 1e34;
    const data = uniform(COUNT, 5).map((one) => scale * one);
    const values = await compute(data, weights);
    const most = sums ? 0 : scale * 1e-5;
    expect(values.findIndex((one, at) => !(Math.abs(one - data[at]!) <= most))).toBe(-1);
  });

  it("keeps what is small to within the least normal number of each term", async () => {
    const data = uniform(COUNT, 6).map((one) => 1e-38 * one);
    const weights = uniform(weightCount, 7);
    const expected = reference(data, weights);
    const values = await compute(data, weights);
    const terms = (CHANNELS / groups) * taps * taps;
    // Every product and sum may be flushed to zero; transforms have more of them, and their numbers are larger by the growth.
    const most =
      2 * terms * plan.errorGrowth * (plan.errorSpread.some((extent) => extent > 0) ? SIZE * SIZE : 1) * 2 ** -126;
    expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
  });
});
