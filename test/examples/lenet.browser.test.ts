// LeNet-5 learns to read the digits that the example draws. The example itself goes on to over 97 %; this is how it begins.
import { expect, inject, it } from "vitest";
import { drawDigits } from "../../examples/lenet/drawings.mjs";
import { train } from "../../examples/lenet/train.mjs";
import { createEngine } from "../../src/index.ts";

it("learns to read, and frees what it used", async () => {
  const engine = await createEngine({ tuning: "forget" });
  try {
    const [drawn, epochs] = inject("selection") === "all" ? [1500, 2] : [750, 1];
    const { network, accuracy, losses } = await train(engine, drawDigits(drawn, 1), drawDigits(250, 2), { epochs });
    network.destroy();
    expect(losses[0]!).toBeGreaterThan(2); // about ln 10: it knows nothing
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    expect(accuracy).toBeGreaterThan(epochs === 1 ? 0.4 : 0.7);
    const { tensors, weights } = engine.memory;
    expect({ tensors, weights }).toEqual({ tensors: 0, weights: 0 });
  } finally {
    engine.destroy();
  }
});
