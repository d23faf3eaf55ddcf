// The layers of layers-models against TensorFlow.js: the graph of each model of test/golden/layers, computed by the references.
import { describe, expect, it } from "vitest";
import { readLayers } from "../../src/layers/index.ts";
import type { NdArray } from "../../src/reference.ts";
import { interpret } from "../model/interpret.ts";
import { GOLDEN, type GoldenModel, goldenModel } from "./golden.ts";

/**
 * The largest difference, relative to the largest element: TensorFlow.js computes in float32 sums of up to some hundred terms, and its
 * activations err by a few ulp; these here compute in float64.
 */
const TOLERANCE = 1e-5;

async function computed(
  { modelJson, weights }: Pick<GoldenModel, "modelJson" | "weights">,
  inputs: readonly NdArray[],
) {
  const source = await readLayers({ modelJson, weights });
  const named = source.inputs.map(({ name }, at) => [name, inputs[at]!] as const);
  const shapes = Object.fromEntries(named.map(([name, { shape }]) => [name, shape]));
  const results = interpret(source.graph(shapes), Object.fromEntries(named));
  expect(Object.keys(results)).toEqual(source.outputs.map(({ name }) => name));
  return Object.values(results);
}

function compare(results: readonly NdArray[], wanted: readonly NdArray[]): void {
  expect(results.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  wanted.forEach(({ data }, output) => {
    const largest = Math.max(...Array.from(data, Math.abs));
    expect(largest).toBeGreaterThan(0);
    for (let at = 0; at < data.length; at++)
      if (!(Math.abs(results[output]!.data[at]! - data[at]!) <= TOLERANCE * largest))
        expect.fail(`output ${output}, element ${at}: got ${results[output]!.data[at]}, TensorFlow.js has ${data[at]}`);
  });
}

describe("layers compute what TensorFlow.js computes", () => {
  it.each(GOLDEN)("$name", async (model) => {
    compare(await computed(model, model.inputs), model.outputs);
  });
});

type Json = Record<string, unknown>;

/** The references of a call as Keras 3 writes them. */
const kerasTensor = (reference: unknown): Json => ({
  class_name: "__keras_tensor__",
  config: { shape: [null], dtype: "float32", keras_history: (reference as unknown[]).slice(0, 3) },
});

/** The topology as Keras 3 writes it. */
function asKeras3(topology: Json): Json {
  const layerOf = (given: unknown): Json => {
    const { inbound_nodes: nodes = [], ...layer } = given as Json;
    const config = layer["config"] as Json;
    if (Array.isArray(config["layers"])) return { ...modelOf(layer), inbound_nodes: callsOf(nodes) };
    const { batch_input_shape: shape, ...rest } = config;
    const dtype = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" }, registered_name: null };
    return {
      module: "keras.layers",
      registered_name: null,
      ...layer,
      config: { ...rest, dtype, ...(shape !== undefined && { batch_shape: shape }) },
      inbound_nodes: callsOf(nodes),
    };
  };
  const callsOf = (nodes: unknown): Json[] =>
    (nodes as unknown[][]).map((node) => {
      const tensors = node.map(kerasTensor);
      return { args: tensors.length === 1 ? tensors : [tensors], kwargs: { training: false, mask: null } };
    });
  const modelOf = (model: Json): Json => {
    const config = model["config"] as Json;
    return { ...model, config: { ...config, layers: (config["layers"] as unknown[]).map(layerOf) } };
  };
  return { keras_version: "3.8.0", backend: "tensorflow", model_config: modelOf(topology) };
}

describe("the forms of topologies", () => {
  const NAMES = ["Add", "a layer that is called twice", "models in a model", "a map of any size", "a Sequential model"];

  it.each(NAMES)("of Keras 3: %s", async (name) => {
    const model = goldenModel(name);
    const modelTopology = asKeras3(model.modelJson.modelTopology as Json);
    expect(modelTopology).not.toEqual(model.modelJson.modelTopology);
    compare(
      await computed({ ...model, modelJson: { ...model.modelJson, modelTopology } }, model.inputs),
      model.outputs,
    );
  });

  it("with the layers of a Sequential model as a list", async () => {
    const model = goldenModel("a Sequential model");
    const topology = model.modelJson.modelTopology as { config: { layers: unknown } };
    const modelTopology = { class_name: "Sequential", config: topology.config.layers };
    compare(
      await computed({ ...model, modelJson: { ...model.modelJson, modelTopology } }, model.inputs),
      model.outputs,
    );
  });

  it("with weights named after the models around the layer, after its cell, or by their number", async () => {
    for (const renamed of [
      (name: string) => `model/${name}`,
      (name: string) => name.replace("/", "/cell/"),
      (name: string) => `layers/${name.replace(/kernel$/, "vars/0").replace(/bias$/, "vars/1")}`,
    ]) {
      const model = goldenModel("Conv3D");
      const [group] = model.modelJson.weightsManifest;
      const weights = group!.weights.map((weight) => ({ ...weight, name: renamed(weight.name) }));
      const modelJson = { ...model.modelJson, weightsManifest: [{ ...group!, weights }] };
      compare(await computed({ ...model, modelJson }, model.inputs), model.outputs);
    }
  });
});

/** A model of one layer with the configuration of Keras, and weights by name. */
function single(className: string, config: Json, inputShape: readonly number[], weights: Record<string, NdArray> = {}) {
  const layers = [
    { class_name: "InputLayer", config: { name: "x", batch_input_shape: [null, ...inputShape.slice(1)] } },
    { class_name: className, config: { name: "layer", ...config } },
  ];
  const entries = Object.entries(weights);
  const data = entries.flatMap(([, array]) => Array.from(array.data));
  return {
    modelJson: {
      modelTopology: { class_name: "Sequential", config: { name: "model", layers } },
      weightsManifest: [
        {
          paths: ["weights.bin"],
          weights: entries.map(([name, { shape }]) => ({ name: `layer/${name}`, shape, dtype: "float32" })),
        },
      ],
    },
    weights: Float32Array.from(data).buffer,
  };
}

const array = (shape: readonly number[], ...data: number[]): NdArray => ({ shape, data: Float32Array.from(data) });

/** What TensorFlow.js does not have, worked out by hand from Keras' definitions. */
describe("layers of Keras that TensorFlow.js does not compute", () => {
  const x = array([1, 4, 1], 1, 2, 3, 4);

  it.each<[string, ReturnType<typeof single>, NdArray, NdArray]>([
    [
      "Conv1D, causal",
      single(
        "Conv1D",
        { filters: 1, kernel_size: [2], padding: "causal", dilation_rate: [2], use_bias: false },
        [1, 4, 1],
        {
          kernel: array([2, 1, 1], 10, 1),
        },
      ),
      x,
      array([1, 4, 1], 1, 2, 13, 24),
    ],
    [
      "Conv2D in groups",
      single("Conv2D", { filters: 2, kernel_size: 1, groups: 2, use_bias: false }, [1, 1, 1, 2], {
        kernel: array([1, 1, 1, 2], 3, 5),
      }),
      array([1, 1, 1, 2], 1, 2),
      array([1, 1, 1, 2], 3, 10),
    ],
    [
      "DepthwiseConv1D",
      single("DepthwiseConv1D", { kernel_size: [2], depth_multiplier: 2 }, [1, 3, 1], {
        kernel: array([2, 1, 2], 1, 10, 2, 20),
        bias: array([2], 0.5, 0),
      }),
      array([1, 3, 1], 1, 2, 3),
      array([1, 2, 2], 5.5, 50, 8.5, 80),
    ],
    [
      "ReLU with all parameters",
      single("ReLU", { max_value: 2, negative_slope: 0.5, threshold: 1 }, [1, 4]),
      array([1, 4], -1, 1, 1.5, 3),
      array([1, 4], -1, 0, 1.5, 2),
    ],
    [
      "LeakyReLU of Keras 3",
      single("LeakyReLU", { negative_slope: 0.5 }, [1, 2]),
      array([1, 2], -1, 1),
      array([1, 2], -0.5, 1),
    ],
    [
      "Resizing, nearest",
      single("Resizing", { height: 2, width: 1, interpolation: "nearest" }, [1, 4, 1, 1]),
      array([1, 4, 1, 1], 1, 2, 3, 4),
      array([1, 2, 1, 1], 2, 4),
    ],
    [
      "Resizing",
      single("Resizing", { height: 4, width: 1 }, [1, 2, 1, 1]),
      array([1, 2, 1, 1], 0, 4),
      array([1, 4, 1, 1], 0, 1, 3, 4),
    ],
    [
      "GlobalMaxPooling1D, dimensions kept",
      single("GlobalMaxPooling1D", { keepdims: true }, [1, 4, 1]),
      x,
      array([1, 1, 1], 4),
    ],
    ["Cropping1D", single("Cropping1D", { cropping: [1, 2] }, [1, 4, 1]), x, array([1, 1, 1], 2)],
    [
      "ZeroPadding1D",
      single("ZeroPadding1D", { padding: 1 }, [1, 2, 1]),
      array([1, 2, 1], 1, 2),
      array([1, 4, 1], 0, 1, 2, 0),
    ],
    [
      "UpSampling1D",
      single("UpSampling1D", { size: 2 }, [1, 2, 1]),
      array([1, 2, 1], 1, 2),
      array([1, 4, 1], 1, 1, 2, 2),
    ],
    [
      // TensorFlow.js has the layer, and its CPU backend takes the statistics of wrong channels.
      "BatchNormalization of an axis",
      single("BatchNormalization", { axis: [1], scale: false, epsilon: 0 }, [1, 2, 2], {
        beta: array([2], 0, 10),
        moving_mean: array([2], 1, 3),
        moving_variance: array([2], 4, 1),
      }),
      array([1, 2, 2], 1, 3, 3, 5),
      array([1, 2, 2], 0, 1, 10, 12),
    ],
    [
      "Normalization by its configuration",
      single("Normalization", { axis: [-1], mean: [[1, 2]], variance: [[4, 0.25]] }, [1, 1, 2]),
      array([1, 1, 2], 3, 3),
      array([1, 1, 2], 1, 2),
    ],
    [
      "Normalization by weights, inverted",
      single("Normalization", { axis: -1, invert: true }, [1, 2], {
        mean: array([2], 1, 2),
        variance: array([2], 4, 0.25),
        count: array([], 7),
      }),
      array([1, 2], 1, 2),
      array([1, 2], 3, 3),
    ],
    ["MultiplyBeta of ESRGAN", single("MultiplyBeta", {}, [1, 2]), array([1, 2], 5, -10), array([1, 2], 1, -2)],
    [
      "PixelShuffle2x of ESRGAN",
      single("PixelShuffle2x", {}, [1, 1, 2, 8]),
      array([1, 1, 2, 8], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
      array([1, 2, 4, 2], 1, 2, 3, 4, 9, 10, 11, 12, 5, 6, 7, 8, 13, 14, 15, 16),
    ],
  ])("%s", async (_, model, input, wanted) => {
    compare(await computed(model, [input]), [wanted]);
  });

  it("the caller's own", async () => {
    const model = single("Shift", { by: 3 }, [1, 2], { offset: array([2], 1, 10) });
    const source = await readLayers(model, {
      customLayers: {
        Shift: ({ name, config, inputs: [a], builder, weight }) => {
          expect([name, config["by"]]).toEqual(["layer", 3]);
          return builder.node("add", { a: a!, b: builder.constant(weight("offset")) }, { scale: config["by"] });
        },
      },
    });
    const results = interpret(source.graph({ x: [1, 2] }), { x: array([1, 2], 1, 1) });
    expect(Array.from(results["layer"]!.data)).toEqual([4, 31]);
  });
});

describe("a source", () => {
  it("keeps open sizes, by name", async () => {
    const { inputs, outputs } = await readLayers(goldenModel("a map of any size"));
    expect(inputs).toMatchObject([{ shape: ["batch", "height", "width", 3], dtype: "f32", layout: "channels-last" }]);
    const { name } = outputs[0]!;
    expect(outputs).toMatchObject([
      { shape: ["batch", `${name}.height`, `${name}.width`, 12], layout: "channels-last" },
    ]);
  });

  it("shares the weights of a layer that is called twice", async () => {
    const source = await readLayers(goldenModel("a layer that is called twice"));
    const graph = source.graph({ [source.inputs[0]!.name]: [1, 6, 6, 2] });
    const kernels = graph.nodes.filter(({ operator }) => operator === "conv").map(({ inputs }) => inputs["w"]);
    expect(kernels).toHaveLength(2);
    expect(kernels[0]).toBe(kernels[1]);
  });

  it("has maps and weights of half precision if asked", async () => {
    const source = await readLayers(goldenModel("Conv3D"), { dtype: "f16" });
    const graph = source.graph({ [source.inputs[0]!.name]: [1, 3, 4, 3, 2] });
    const values = graph.nodes.flatMap(({ inputs, outputs }) => [...Object.values(inputs), ...outputs]);
    expect(new Set(values.map(({ dtype }) => dtype))).toEqual(new Set(["f16"]));
  });

  it("names the input whose shape does not fit", async () => {
    const source = await readLayers(goldenModel("Conv3D"));
    const { name } = source.inputs[0]!;
    for (const shape of [
      [1, 3, 4, 3],
      [1, 3, 4, 3, 1],
      [1, 2, 4, 3, 2],
      [1, 3.5, 4, 3, 2],
    ])
      expect(() => source.graph({ [name]: shape })).toThrow(`${name}.shape`);
    expect(() => source.graph({})).toThrow(`${name}: got undefined`);
  });
});
