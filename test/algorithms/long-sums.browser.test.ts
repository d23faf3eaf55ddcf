// Sums of more terms than an invocation may have iterations (docs/implementations.md): every algorithm that computes them is right.
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type ConvDescriptor, ConvError, type ConvPlan, type Engine, createEngine } from "../../src/index.ts";
import { LAYOUTS, type Pass } from "../../src/problem/problem.ts";
import { inLayout } from "../suite/layouts.ts";
import { LONG_SUMS } from "../suite/long-sums.ts";
import { namesOf, reference, shapeOf } from "../suite/passes.ts";
import { integers } from "../suite/random.ts";
import { drawPart } from "../suite/selection.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

/** The plan of an algorithm; undefined if it does not support the problem. */
async function planOf(pass: Pass, descriptor: ConvDescriptor, algorithm: string): Promise<ConvPlan | undefined> {
  try {
    return await engine.plan(pass, descriptor, { algorithm });
  } catch (error) {
    if (error instanceof ConvError && error.code === "unsupported") return undefined;
    throw error;
  }
}

// The layouts in turn: half a minute of kernels to compile otherwise.
const CASES = LONG_SUMS.map(([name, pass, given], at) => [name, pass, inLayout(given, LAYOUTS[at % 2]!)] as const);

// Where compiling is slow, a run takes a half.
const drawn = inject("selection") === "all" ? CASES : drawPart(CASES, 2, inject("draw"), ([name]) => name);

it.each(drawn)("%s", async (_, pass, descriptor) => {
  const wrong: string[] = [];
  for (const { name } of algorithms) {
    const plan = await planOf(pass, descriptor, name);
    if (!plan) continue;
    const { problem } = plan;
    const { layout } = problem;
    const operands = Object.fromEntries(
      namesOf(problem).map((operand, at) => [operand, integers(elementCount(shapeOf(problem, operand)), at + 1, 2)]),
    );
    const tensors = Object.fromEntries(
      Object.entries(operands).map(([operand, values]) => [
        operand,
        engine.tensor(values, shapeOf(problem, operand as "x"), { layout }),
      ]),
    );
    const result = await plan.run(tensors).read();
    const expected = reference(problem, operands);
    const furthest = Math.max(...expected.map((value, at) => Math.abs(value - result[at]!)));
    // Terms left out change a result by hundreds, and roundings of transforms by less than 1; other sums of integers are exact.
    if (furthest > (plan.errorGrowth > 1 || plan.errorNorm === "energy" ? 1 : 0))
      wrong.push(`${name} ${plan.variant}: by ${furthest}`);
    for (const tensor of Object.values(tensors)) tensor.destroy();
    plan.destroy();
  }
  expect(wrong).toEqual([]);
});
