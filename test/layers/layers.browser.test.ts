// Layers-models on the GPU: the models of test/golden/layers that have several layers.
import { afterAll, expect, it } from "vitest";
import { createEngine } from "../../src/index.ts";
import { loadLayers } from "../../src/layers/index.ts";
import { goldenModel } from "./golden.ts";

const engine = await createEngine({ tuning: "forget" });

afterAll(() => engine.destroy());

/** Relative to the largest value: float32 sums of some hundred terms on either side, with a softmax of them at the end. */
const TOLERANCE = 1e-5;

it.each(["a Sequential model", "a layer that is called twice", "models in a model", "a map of any size"])(
  "%s",
  async (name) => {
    const { modelJson, weights, inputs, outputs } = goldenModel(name);
    const model = await loadLayers(engine, { modelJson, weights });
    const { name: input } = model.inputs[0]!;
    const results = await model.run({ [input]: { data: Float32Array.from(inputs[0]!.data), shape: inputs[0]!.shape } });
    for (const [at, tensor] of Object.values(results).entries()) {
      const { data, shape } = outputs[at]!;
      expect(tensor.shape).toEqual(shape);
      const values = await tensor.read();
      const largest = Math.max(...Array.from(data, Math.abs));
      const errors = Array.from(data, (value, index) => Math.abs(values[index]! - value));
      expect(Math.max(...errors)).toBeLessThanOrEqual(TOLERANCE * largest);
      tensor.destroy();
    }
    model.destroy();
    expect(engine.memory.tensors).toBe(0);
  },
);
