// What is ranked first beside TensorFlow.js's kernels, by the model of `npm run inspect -- --model`.
import { describe, expect, it } from "vitest";
import { LAYERS } from "../../bench/layers.ts";
import { GPUS } from "../../tools/model/chips.ts";
import { MODELLED_LAYERS, modelledProblem, ratingOf, tensorflowRatingOf } from "../../tools/model/run.ts";

/** Nearer to 1 than the model is to any GPU. */
const LEAST = 0.99;

describe.each(MODELLED_LAYERS)("%s", (id) => {
  const layer = LAYERS.find((one) => one.id === id)!;
  it.each([1, 16])("is not behind at a batch of %d", (batch) => {
    const problem = modelledProblem(layer, batch, "channels-first");
    for (const gpu of GPUS) {
      const own = ratingOf(problem, gpu, false);
      const peer = tensorflowRatingOf(problem, gpu);
      expect(peer.seconds / own.seconds, `${gpu.name}: ${own.name}`).toBeGreaterThan(LEAST);
    }
  });
});

it("rates a kernel that loads more, or whose work reaches fewer cores, as slower", () => {
  const [rtx] = GPUS.filter(({ name }) => name === "RTX 4070");
  const layer = LAYERS.find(({ id }) => id === "L4")!;
  const [one, many] = [1, 16].map((batch) => tensorflowRatingOf(modelledProblem(layer, batch, "channels-first"), rtx!));
  // 32 tiles on 46 cores take nearly as long as 512, of which there are eleven for each.
  expect(many!.seconds / one!.seconds).toBeLessThan(5);
});
