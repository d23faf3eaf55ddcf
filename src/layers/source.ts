// A layers-model as the source of graphs.
import type { Dtype } from "../base/dtype.ts";
import { ConvError, words } from "../base/error.ts";
import { GraphBuilder } from "../model/graph-builder.ts";
import type { Graph, ModelSource, ModelTensor, Size, Value } from "../model/graph.ts";
import { operators } from "../model/operators.ts";
import { checkShapes } from "../model/shapes.ts";
import { ACTIVATION_LAYERS } from "./activations.ts";
import { checkFields, fieldOf, invalid } from "./config.ts";
import { CONVOLUTION_LAYERS } from "./convolutions.ts";
import { type CustomLayerFunction, ESRGAN_LAYERS, customReader } from "./custom.ts";
import { LayerBuilder } from "./layer.ts";
import { MERGE_LAYERS } from "./merges.ts";
import { NORMALISATION_LAYERS } from "./normalisations.ts";
import { POOLING_LAYERS } from "./pooling.ts";
import { SHAPE_LAYERS } from "./shapes.ts";
import { type InputLayer, type Network, type Reading, readNetwork } from "./topology.ts";
import { type Weight, WeightStore } from "./weights.ts";

/** Most calls of layers in a graph: models in models may be called more than once each. */
const MOST_CALLS = 20_000;

export interface LayersSourceOptions {
  readonly dtype?: Dtype | undefined;
  readonly customLayers?: Readonly<Record<string, CustomLayerFunction>> | undefined;
}

/** Returns the model of a parsed model.json and its weights. */
export function layersSource(
  modelJson: unknown,
  weights: readonly Weight[],
  { dtype = "f32", customLayers = {} }: LayersSourceOptions = {},
): ModelSource {
  const readers = new Map(
    Object.entries({
      ...CONVOLUTION_LAYERS,
      ...ACTIVATION_LAYERS,
      ...MERGE_LAYERS,
      ...POOLING_LAYERS,
      ...NORMALISATION_LAYERS,
      ...SHAPE_LAYERS,
      ...ESRGAN_LAYERS,
      ...Object.fromEntries(Object.entries(customLayers).map(([name, add]) => [name, customReader(add)])),
    }),
  );
  const reading: Reading = { readers, store: new WeightStore(weights), unserved: [], layers: 0 };
  const { className, name, config } = topologyOf(modelJson);
  const network = readNetwork({ className, name, config, fields: {} }, [], reading);
  const { unserved } = reading;
  if (unserved.length > 0)
    throw new ConvError(
      "unsupported-model",
      `${unserved.length === 1 ? "a layer is" : `${unserved.length} layers are`} not served: ${unserved.join(", ")}`,
    );
  return new LayersSource(network, dtype);
}

/** The outermost model: "model_config" of what Keras wrote, or the topology itself of what TensorFlow.js wrote. */
function topologyOf(modelJson: unknown): { className: string; name: string; config: unknown } {
  const json = checkFields("model.json", modelJson);
  const format = fieldOf(json, "format");
  if (format === "graph-model")
    throw new ConvError("unsupported-model", "model.json: got a graph-model, expected a layers-model");
  const topology = checkFields("model.json: modelTopology", fieldOf(json, "modelTopology"));
  const model = checkFields("model.json: model_config", fieldOf(topology, "model_config") ?? topology);
  const className = fieldOf(model, "class_name");
  if (typeof className !== "string" || !["Sequential", "Functional", "Model"].includes(className))
    throw new ConvError(
      typeof className === "string" ? "unsupported-model" : "invalid-model",
      `model.json: class_name: got ${JSON.stringify(className)?.slice(0, 100)}, expected Sequential, Functional or Model`,
    );
  const config = fieldOf(model, "config");
  const name = Array.isArray(config) ? className : fieldOf(checkFields("model.json: config", config), "name");
  return { className, name: typeof name === "string" ? name : className, config };
}

/** Names for the open sizes of maps, by their rank. */
const SPATIAL: Readonly<Record<number, readonly string[]>> = {
  3: ["length"],
  4: ["height", "width"],
  5: ["depth", "height", "width"],
};

/** The open sizes of inputs have names: of a single input those of its axes, else with the name of the input. */
function inputTensor({ name, shape }: InputLayer, dtype: Dtype, isOnly: boolean): ModelTensor {
  const sizes = shape.map((size, axis): Size => {
    if (size !== null) return size;
    if (axis === 0) return "batch";
    const own = SPATIAL[shape.length]?.[axis - 1] ?? `size${axis}`;
    return isOnly ? own : `${name}.${own}`;
  });
  return { name, shape: sizes, dtype, layout: "channels-last" };
}

class LayersSource implements ModelSource {
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  readonly #network: Network;
  readonly #dtype: Dtype;

  constructor(network: Network, dtype: Dtype) {
    this.#network = network;
    this.#dtype = dtype;
    const layers = network.inputLayers.map(
      (layer) => layer ?? invalid("model", words("an input without a shape"), "the shape of each input"),
    );
    this.inputs = layers.map((layer) => inputTensor(layer, dtype, layers.length === 1));
    if (new Set(layers.map(({ name }) => name)).size < layers.length)
      invalid("model: input_layers", words("a layer twice"), "each once");
    this.outputs = this.#outputs();
  }

  graph(shapes: Readonly<Record<string, readonly number[]>>): Graph {
    const builder = new GraphBuilder(operators);
    const given = checkShapes(this.inputs, shapes);
    const inputs = this.inputs.map((input) => builder.input({ ...input, shape: given[input.name]! }));
    const state = { builder, dtype: this.#dtype, constants: new Map<unknown, Value>(), calls: 0 };
    const results = lower(this.#network, inputs, "", state);
    const names = this.#outputNames();
    results.forEach((value, at) => builder.output(names[at]!, value));
    return builder.build();
  }

  /** Those of the layers; of further results of a layer with a number. */
  #outputNames(): string[] {
    const copies = new Map<string, number>();
    return this.#network.outputs.map(([call]) => {
      const { name } = this.#network.calls[call]!;
      const copy = copies.get(name) ?? 0;
      copies.set(name, copy + 1);
      return copy === 0 ? name : `${name}:${copy}`;
    });
  }

  /** Sizes that the file leaves open are tried with two values each: what differs in an output depends on them. */
  #outputs(): ModelTensor[] {
    const trial = (open: number): Graph => {
      const shapes = this.inputs.map(({ name, shape }) => [
        name,
        shape.map((size) => (typeof size === "number" ? size : size === "batch" ? 1 : open)),
      ]);
      try {
        return this.graph(Object.fromEntries(shapes));
      } catch (cause) {
        if (!(cause instanceof ConvError) || cause.code.endsWith("-model")) throw cause;
        // Sizes that the file gives.
        throw new ConvError("invalid-model", cause.message, { cause });
      }
    };
    const open = this.inputs.some(({ shape }) => shape.some((size) => typeof size === "string" && size !== "batch"));
    const one = trial(OPEN_SIZES[0]);
    const other = open ? trial(OPEN_SIZES[1]) : one;
    return this.#outputNames().map((name): ModelTensor => {
      const [value, beside] = [one.outputs.get(name)!, other.outputs.get(name)!];
      const { layout, dtype } = value;
      const spatial = SPATIAL[value.shape.length];
      const shape = value.shape.map((size, axis): Size => {
        if (axis === 0 && this.inputs[0]?.shape[0] === "batch") return "batch";
        return size === beside.shape[axis] ? size : `${name}.${spatial?.[axis - 1] ?? `size${axis}`}`;
      });
      return { name, shape, layout, dtype };
    });
  }
}

/** Sizes to try: networks halve maps five or six times. */
const OPEN_SIZES = [64, 128] as const;

interface Building {
  readonly builder: GraphBuilder;
  readonly dtype: Dtype;
  readonly constants: Map<unknown, Value>;
  calls: number;
}

/** Adds a network to a graph. */
function lower({ calls, inputs, outputs }: Network, given: readonly Value[], prefix: string, state: Building): Value[] {
  if (given.length !== inputs.length)
    invalid(`model ${prefix || "of the file"}`, words(`${given.length} inputs`), `${inputs.length}`);
  const results: (readonly Value[])[] = [];
  const resultOf = ([call, result]: readonly [number, number]): Value =>
    results[call]![result] ??
    invalid(`layer ${calls[call]!.name}`, words(`a reference to its result ${result}`), "a result that there is");
  const places = new Map(inputs.map((call, at) => [call, at]));
  calls.forEach(({ name, compute, inputs: read }, at) => {
    if (++state.calls > MOST_CALLS) invalid("model", words("more calls of layers"), `at most ${MOST_CALLS}`);
    if (compute === "input") {
      results.push([given[places.get(at)!]!]);
      return;
    }
    const own = `${prefix}${name}`;
    const values = read.map(resultOf);
    if (typeof compute === "object") {
      results.push(lower(compute, values, `${own}/`, state));
      return;
    }
    const made = compute(values, new LayerBuilder(state.builder, own, state.dtype, state.constants));
    results.push(Array.isArray(made) ? (made as readonly Value[]) : [made as Value]);
  });
  return outputs.map(resultOf);
}
