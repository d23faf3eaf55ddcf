// LeNet-5 learns to read the digits that the example draws. The example itself goes on to over 97 %; this is how it begins.
import { expect, inject, it } from "vitest";
import { drawDigits } from "../../examples/lenet/drawings.mjs";
import { train } from "../../examples/lenet/train.mjs";
import { createEngine } from "../../src/index.ts";

it("learns to read, and frees what it used", async () => {
  const engine = await createEngine({ tuning: "forget" });
  try {
    const [drawn, options] =
      inject("draw").parts === 1 ? [1500, { epochs: 2 }] : [1000, { epochs: 1, batch: 20, learningRate: 0.003 }];
    const { network, accuracy, losses } = await train(engine, drawDigits(drawn, 1), drawDigits(250, 2), options);
    network.destroy();
    expect(losses[0]!).toBeGreaterThan(2); // about ln 10: it knows nothing
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
    expect(accuracy).toBeGreaterThan(drawn === 1500 ? 0.7 : 0.4);
    const { tensors, weights } = engine.memory;
    expect({ tensors, weights }).toEqual({ tensors: 0, weights: 0 });
  } finally {
    engine.destroy();
  }
});
