// One very large value, NaN or infinity: with maxErrorSpread 0 it reaches the outputs whose windows have it, and no other in any bit. Transforms
// give exact zeros for tiles of zeros.
import { afterAll, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type ConvInputs, type ConvPlan, type Pass, createEngine } from "../../src/index.ts";
import { uniform } from "../suite/random.ts";

const engine = await createEngine({ tuning: "forget" });
afterAll(() => engine.destroy());

const [C, K, SIZE, TAPS] = [64, 96, 27, 5];
const shapes = { x: [1, C, SIZE, SIZE], w: [K, C, TAPS, TAPS], dy: [1, K, SIZE, SIZE] };
const descriptor = { inputShape: shapes.x, kernelShape: shapes.w, padding: 2 };
const ROW = 3;
const COLUMN = 4;

/** Runs a plan on a map of zeros but for one value in the first channel of `name`, and other operands without zeros. */
async function runOn(plan: ConvPlan, name: "x" | "dy", other: "w" | "dy", value: number): Promise<Float32Array> {
  const cells = new Float32Array(elementCount(shapes[name]));
  cells[ROW * SIZE + COLUMN] = value;
  const rest = uniform(elementCount(shapes[other]), 1).map((one) => one || 1);
  const inputs: ConvInputs = {
    [name]: engine.tensor(cells, shapes[name]),
    [other]: engine.tensor(rest, shapes[other]),
  };
  const y = plan.run(inputs);
  const values = await y.read();
  for (const one of [y, ...Object.values(inputs)]) one.destroy();
  return values;
}

/** How many results outside the windows of the value are not zero. */
function strays(values: Float32Array): number {
  return values.reduce((count, one, at) => {
    const [row, column] = [Math.floor(at / SIZE) % SIZE, at % SIZE];
    const own = Math.max(Math.abs(row - ROW), Math.abs(column - COLUMN)) <= TAPS >> 1;
    return count + Number(!own && one !== 0);
  }, 0);
}

const PASSES: readonly [Pass, "x" | "dy", "w"][] = [
  ["forward", "x", "w"],
  ["backward-data", "dy", "w"],
];

for (const [pass, name, other] of PASSES) {
  it.each([1e10, Infinity, Number.NaN])(
    `a cell of %s stays in its windows with maxErrorSpread 0: ${pass}`,
    async (value) => {
      const plan = await engine.plan(pass, descriptor, { maxErrorSpread: 0 });
      expect(plan.errorSpread).toEqual([0, 0, 0]);
      expect(strays(await runOn(plan, name, other, value))).toBe(0);
      plan.destroy();
    },
  );
}

it("searches nothing whose errors spread further than maxErrorSpread", async () => {
  const small = { inputShape: [1, 4, 12, 12], kernelShape: [4, 4, TAPS, TAPS], padding: 2 };
  const found = await engine.find("forward", small, { maxErrorSpread: 5, maxErrorGrowth: 1e6 });
  const variants = found.map(({ algorithm, variant }) => `${algorithm} ${variant}`);
  expect(variants).toContain("winograd f2x5");
  expect(variants.filter((one) => /^(winograd f4|fft)/.test(one))).toEqual([]);
});

it.each(algorithms.filter(({ name }) => ["winograd", "fft"].includes(name)).map(({ name }) => name))(
  "tiles of zeros are exactly zero by %s",
  async (algorithm) => {
    const variant = algorithm === "fft" ? "tiles 3x3" : "f2x5";
    const plan = await engine.plan("forward", descriptor, { algorithm, variant });
    const values = await runOn(plan, "x", "w", 1e10);
    // Tiles of the last rows and columns see none of the value.
    const far = values.filter((_, at) => at % SIZE >= 18 || Math.floor(at / SIZE) % SIZE >= 18);
    expect(far.every((one) => one === 0)).toBe(true);
    expect(values.some((one) => Math.abs(one) > 1e9)).toBe(true);
    plan.destroy();
  },
);
