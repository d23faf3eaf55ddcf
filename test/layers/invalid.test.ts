// Layers-models that are refused: broken files, layers that are not served, and mutations of valid models.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConvError } from "../../src/index.ts";
import { readLayers } from "../../src/layers/index.ts";
import { GOLDEN, type GoldenModel, goldenModel } from "./golden.ts";

type Json = Record<string, unknown>;
/** A model whose parts may be anything. */
interface Broken {
  modelJson: unknown;
  weights?: ArrayBuffer;
}

async function failure(model: Broken): Promise<ConvError> {
  try {
    await readLayers(model);
  } catch (error) {
    expect(error).toBeInstanceOf(ConvError);
    return error as ConvError;
  }
  throw new Error("it was accepted");
}

async function expectInvalid(model: Broken, message: string | RegExp): Promise<void> {
  const { code, message: got } = await failure(model);
  expect(got).toMatch(message);
  expect(code).toBe("invalid-model");
}

/** A Functional model of Activation layers: by name, the layers that each reads. */
function chain(edges: Readonly<Record<string, readonly string[]>>, output: string): Broken {
  const layers = Object.entries(edges).map(([name, inputs]) => ({
    class_name: name === "x" ? "InputLayer" : inputs.length > 1 ? "Add" : "Activation",
    name,
    config: name === "x" ? { name, batch_input_shape: [null, 2] } : { name, activation: "relu" },
    inbound_nodes: name === "x" ? [] : [inputs.map((input) => [input, 0, 0, {}])],
  }));
  const config = { name: "model", layers, input_layers: [["x", 0, 0]], output_layers: [[output, 0, 0]] };
  return { modelJson: { modelTopology: { class_name: "Functional", config }, weightsManifest: [] } };
}

/** A chain of Activation layers one after the other. */
function long(count: number): Broken {
  const edges: Record<string, string[]> = { x: [] };
  for (let at = 0; at < count; at++) edges[`a${at}`] = [at === 0 ? "x" : `a${at - 1}`];
  return chain(edges, `a${count - 1}`);
}

describe("a broken model", () => {
  it("is refused by what is wrong", async () => {
    await expectInvalid({ modelJson: "{" }, /^model\.json: got no JSON/);
    await expectInvalid({ modelJson: null }, /^model\.json/);
    await expectInvalid({ modelJson: [] }, /^model\.json/);
    await expectInvalid({ modelJson: {} }, /modelTopology/);
    await expectInvalid({ modelJson: { modelTopology: { class_name: 3 } } }, /class_name/);
    await expectInvalid(
      { modelJson: { modelTopology: { class_name: "Sequential", config: { layers: {} } } } },
      /layers/,
    );
    await expectInvalid({ modelJson: { modelTopology: { class_name: "Sequential", config: [] } } }, /shape/);
  });

  it("is refused for its graph", async () => {
    await expectInvalid(chain({ x: [], a: ["x", "b"], b: ["a"] }, "b"), /in a cycle/);
    await expectInvalid(chain({ x: [], a: ["a", "x"] }, "a"), /in a cycle/);
    await expectInvalid(chain({ x: [], a: ["y"] }, "a"), /layer "y"/);
    await expectInvalid(chain({ x: [], a: ["x"] }, "z"), /layer "z"/);
    await expectInvalid(chain({ x: [], a: ["constructor"] }, "a"), /layer "constructor"/);
    const twice = chain({ x: [], a: ["x"] }, "a").modelJson as { modelTopology: { config: { layers: unknown[] } } };
    twice.modelTopology.config.layers.push(twice.modelTopology.config.layers[1]);
    await expectInvalid({ modelJson: twice }, /"a", expected each name once/);
  });

  it("is refused for its weights", async () => {
    const model = goldenModel("Conv3D");
    const [group] = model.modelJson.weightsManifest as [GoldenModel["modelJson"]["weightsManifest"][number]];
    const withWeights = (weights: unknown, paths: unknown = group.paths): Broken => ({
      modelJson: { ...model.modelJson, weightsManifest: [{ paths, weights }] },
      weights: model.weights,
    });
    await expectInvalid({ ...model, weights: model.weights.slice(4) }, /^weights weights\.bin: got 132 bytes/);
    await expectInvalid({ ...model, weights: new ArrayBuffer(0) }, /^weights weights\.bin: got 0 bytes/);
    await expectInvalid({ modelJson: model.modelJson }, /^weights: got 0 files, expected the 1/);
    const [kernel, bias] = group.weights as unknown as [Json, Json];
    await expectInvalid(withWeights([{ ...kernel, shape: [2, 2, 2, 1, 4] }, bias]), /kernel: got \[2, 2, 2, 1, 4\]/);
    await expectInvalid(withWeights([kernel, { ...bias, name: "other/bias" }]), /bias: got no weights of that name/);
    await expectInvalid(withWeights([kernel, { ...bias, name: kernel["name"] }]), /each name once/);
    await expectInvalid(withWeights([{ ...kernel, shape: [2 ** 20, 2 ** 20] }, bias]), /elements/);
    await expectInvalid(withWeights([{ ...kernel, shape: [-1] }, bias]), /shape/);
    for (const path of ["../weights.bin", "/etc/passwd", "https://example.org/weights.bin", "a\\b", ""])
      await expectInvalid(withWeights(group.weights, [path]), /path/);
    expect(await failure(withWeights([{ ...kernel, dtype: "complex64" }, bias]))).toMatchObject({
      code: "unsupported-model",
      message: expect.stringContaining("complex64"),
    });
  });

  it("is refused in linear time, and without a deep stack", async () => {
    expect(await readLayers(long(2000))).toBeDefined();
    await expectInvalid(long(50_000), /at most 20000/);
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as unknown;
    const model = chain({ x: [], a: ["x"] }, "a").modelJson as { modelTopology: { config: { layers: Json[] } } };
    model.modelTopology.config.layers[1]!["inbound_nodes"] = deep;
    await expectInvalid({ modelJson: model }, /deeper lists/);
  });

  it("may not call models in models without end", async () => {
    let inner = (chain({ x: [], a: ["x"] }, "a").modelJson as Json)["modelTopology"] as { config: Json };
    for (let depth = 0; depth < 14; depth++) {
      const calls = ["x", "m", "m", "m", "m"].slice(0, 4).map((from, at) => [[from, at === 0 ? 0 : at, 0, {}]]);
      const layers = [
        { class_name: "InputLayer", name: "x", config: { batch_input_shape: [null, 2] }, inbound_nodes: [] },
        { class_name: "Functional", name: "m", config: inner.config, inbound_nodes: calls },
      ];
      inner = { config: { name: "model", layers, input_layers: [["x", 0, 0]], output_layers: [["m", 4, 0]] } };
    }
    await expectInvalid(
      { modelJson: { modelTopology: { class_name: "Functional", config: inner.config } } },
      /more calls of layers/,
    );
  });
});

describe("a model with layers that are not served", () => {
  it("is refused with all of them by name", async () => {
    const layers = [
      { class_name: "LSTM", config: { name: "memory", batch_input_shape: [null, 3, 2], units: 4 } },
      { class_name: "Activation", config: { name: "act", activation: "what" } },
      { class_name: "UpSampling2D", config: { name: "up", interpolation: "lanczos3" } },
      { class_name: "Flatten", config: { name: "flat" } },
      { class_name: "Conv2DTranspose", config: { name: "out", filters: 1, kernel_size: 2, output_padding: [1, 1] } },
    ];
    const error = await failure({ modelJson: { modelTopology: { class_name: "Sequential", config: { layers } } } });
    expect(error.code).toBe("unsupported-model");
    expect(error.message).toBe(
      '4 layers are not served: memory (LSTM: not served), act (Activation: activation "what"), ' +
        'up (UpSampling2D: interpolation "lanczos3"), out (Conv2DTranspose: output_padding [1, 1])',
    );
  });

  it("or that are called with more than tensors", async () => {
    const model = chain({ x: [], a: ["x"] }, "a").modelJson as { modelTopology: { config: { layers: Json[] } } };
    model.modelTopology.config.layers[1]!["inbound_nodes"] = [[["x", 0, 0, { training: false, factor: 2 }]]];
    expect(await failure({ modelJson: model })).toMatchObject({
      code: "unsupported-model",
      message: "a layer is not served: a (Activation: called with factor 2)",
    });
    expect(await failure({ modelJson: { format: "graph-model", modelTopology: {} } })).toMatchObject({
      code: "unsupported-model",
    });
  });
});

/** Values that a mutated file may have somewhere. */
const JUNK = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    "",
    "same",
    "x",
    "channels_first",
    -1,
    0,
    0.5,
    1,
    2,
    3,
    7,
    1e9,
    2 ** 53,
    Number.MAX_VALUE,
  ),
  fc
    .constantFrom<() => unknown>(
      () => [],
      () => ({}),
      () => [0],
      () => [
        [1, 2],
        [3, 4],
      ],
      () => ["x", 0, 0],
    )
    .map((make) => make()),
);

/** All places of a value in a JSON document, as the object around it and its key. */
function placesIn(json: unknown, found: [Record<string, unknown>, string][] = []): [Record<string, unknown>, string][] {
  if (typeof json !== "object" || json === null) return found;
  for (const [key, value] of Object.entries(json)) {
    found.push([json as Record<string, unknown>, key]);
    placesIn(value, found);
  }
  return found;
}

/** Reads a model, and makes its graph with sizes of 4 where they are open. */
async function attempt(model: Broken): Promise<void> {
  const source = await readLayers(model);
  const shapes = source.inputs.map(({ name, shape }) => [
    name,
    shape.map((size) => (typeof size === "number" ? size : 4)),
  ]);
  source.graph(Object.fromEntries(shapes) as Record<string, number[]>);
}

describe("fuzzed models", () => {
  const CODES = ["invalid-model", "unsupported-model"];

  it("are read or refused with an error of models", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GOLDEN.map(({ name }) => name)),
        fc.array(fc.tuple(fc.nat(), fc.oneof(JUNK, fc.constant(undefined))), { minLength: 1, maxLength: 3 }),
        async (name, changes) => {
          const model = goldenModel(name);
          for (const [at, junk] of changes) {
            const places = placesIn(model.modelJson);
            const [around, key] = places[at % places.length]!;
            if (junk === undefined) delete around[key];
            else around[key] = structuredClone(junk);
          }
          try {
            await attempt(model);
          } catch (error) {
            if (!(error instanceof ConvError)) throw error;
            expect(CODES).toContain(error.code);
            refused++;
          }
        },
      ),
      { numRuns: 1500, seed: 17 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});
