// Sampling by a grid against the reference.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { type Engine, createEngine } from "../../src/index.ts";
import { gridSample, gridSampleBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { GRID_SAMPLES } from "./grid-samples.ts";
import { poisonedEngine } from "./poison.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const beyond = (count: number, seed: number) => uniform(count, seed).map((value) => 1.7 * value);

const samplings = GRID_SAMPLES.flatMap(({ name, shape, grid, options }): OperationCase<never>[] => {
  const rank = shape.length - 2;
  const cells = Math.max(...shape.slice(2));
  const channels = shape[1]!;
  const exact = options.mode === "nearest";
  // A place is at most 1.4 sizes from the centre, and errs by six roundings of that and of a half. A weight, whose slope is at most 2.5,
  // errs by as much and eight roundings of 4 at most, a slope by the second derivative, at most 8, and as many roundings.
  const place = 6 * 2 * cells;
  const weight = 2.5 * place + 32;
  const slope = (8 * place + 32) * (cells / 2);
  // Weights of up to four cells along the other axes add up to at most 1.5, of |Keys' kernel|, and slopes to at most 3 half sizes.
  const others = 1.5 ** (rank - 1);
  const value = exact ? 0 : 4 * rank * others * weight + 4 ** rank * 1.5 ** rank;
  const samples = grid.slice(1, -1).reduce((all, count) => all * count, 1);
  const places = { shape: grid, layoutFree: true, values: beyond };
  const forward: OperationCase<"x" | "grid"> = {
    name,
    inputs: { x: { shape }, grid: places },
    run: ({ x, grid: at }) => ({ y: gridSample(x, at, options) }),
    reference: ({ x, grid: at }, layout) => ({ y: reference.gridSample(x, at, { ...options, layout }) }),
    bound: () => ({ y: () => gamma(value) }),
  };
  const backward: OperationCase<"dy" | "x" | "grid"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape: [shape[0]!, channels, ...grid.slice(1, -1)] }, x: { shape }, grid: places },
    run: ({ dy, x, grid: at }) => {
      const { dx, dgrid } = gridSampleBackward(dy, x, at, options);
      return { dx, dgrid };
    },
    reference: ({ dy, x, grid: at }, layout) => {
      const { dx, dgrid } = reference.gridSampleBackward(dy, x, at, { ...options, layout });
      return { dx, dgrid };
    },
    bound: () => ({
      // Every sample of the image may have a cell.
      dx: () => samples * gamma((exact ? 0 : rank * others * weight) + samples),
      dgrid: () =>
        gamma(channels * 4 * others * (slope + (rank - 1) * 1.5 * cells * weight) + channels * 4 ** rank * 3 * cells),
    }),
  };
  return [forward, backward];
});

testOperations(samplings);

let engine: Engine;
beforeAll(async () => void (engine = await createEngine({ tuning: "forget" })));
afterAll(() => engine.destroy());

const STRANGE = ["linear, zeros", "nearest, reflection", "cubic, border", "3-D, linear, reflection"];

it.each(GRID_SAMPLES.filter(({ name }) => STRANGE.includes(name)))(
  "$name: coordinates far out and not numbers are defined",
  async ({ shape, grid, options }) => {
    const count = grid.reduce((all, size) => all * size, 1);
    const strange = [Number.NaN, 1e30, -1e30, Infinity, -Infinity, 3.4e38, 1e9, -1e9];
    const at = Float32Array.from({ length: count }, (_, index) => strange[(index * 5 + (index >> 3)) % 8]!);
    const x = engine.tensor(
      uniform(
        shape.reduce((all, size) => all * size, 1),
        3,
      ),
      shape,
    );
    const places = engine.tensor(at, grid);
    const y = gridSample(x, places, options);
    const { dx, dgrid } = gridSampleBackward(y, x, places, options);
    const padding = options.paddingMode ?? "zeros";
    const values = await y.read();
    if (padding === "zeros") expect(values.every((value) => value === 0)).toBe(true);
    else expect(values.every((value) => Math.abs(value) <= 1.5 ** 2)).toBe(true);
    for (const tensor of [dx, dgrid]) expect((await tensor.read()).every(Number.isFinite)).toBe(true);
    for (const tensor of [x, places, y, dx, dgrid]) tensor.destroy();
  },
);

it("has zero gradients without samples or channels, and empty results without images", async () => {
  const x = engine.empty([1, 2, 3, 4]);
  const none = engine.empty([1, 0, 5, 2]);
  const y = gridSample(x, none);
  expect(y.shape).toEqual([1, 2, 0, 5]);
  const { dx, dgrid } = gridSampleBackward(y, x, none);
  expect([...(await dx.read())]).toEqual([...new Float32Array(24)]);
  expect(dgrid.shape).toEqual([1, 0, 5, 2]);
  const flat = gridSampleBackward(engine.empty([1, 0, 1, 2]), engine.empty([1, 0, 3, 4]), engine.empty([1, 1, 2, 2]));
  expect([...(await flat.dgrid.read())]).toEqual([0, 0, 0, 0]);
  expect(gridSample(engine.empty([0, 2, 3, 4]), engine.empty([0, 1, 2, 2])).shape).toEqual([0, 2, 1, 2]);
});

describe("in memory full of NaN", () => {
  const poisoned = poisonedEngine();

  it("finds samples behind more cells without any than an invocation may have iterations", async () => {
    const x = poisoned().empty([1, 1, 300, 300]);
    const last = poisoned().tensor([1, 1], [1, 1, 1, 2]);
    const { dx } = gridSampleBackward(poisoned().tensor([3], [1, 1, 1, 1]), x, last, { alignCorners: true });
    const values = await dx.read();
    expect([values.at(-1), values.filter((value) => value !== 0).length]).toEqual([3, 1]);
    for (const tensor of [x, last, dx]) tensor.destroy();
  });
});
