// The contract of a kind of layer: it reads the configuration once, and adds nodes to each graph.
import type { Dtype } from "../base/dtype.ts";
import { describe, words } from "../base/error.ts";
import type { GraphBuilder } from "../model/graph-builder.ts";
import type { Node, Value } from "../model/graph.ts";
import { type Config, invalid } from "./config.ts";
import type { Weight, WeightStore } from "./weights.ts";

/** A layer as the file describes it. */
export class Layer {
  /** Its own name, and those of the models around it before it. */
  readonly path: readonly string[];
  readonly config: Config;
  readonly #store: WeightStore;

  constructor(path: readonly string[], config: Config, store: WeightStore) {
    this.path = path;
    this.config = config;
    this.#store = store;
  }

  get name(): string {
    return this.path.at(-1)!;
  }

  /**
   * Returns weights of the layer.
   * @param names that they may have
   * @param place among the weights of the layer, which Keras 3 names by their number
   * @param shape the sizes, where they are known
   */
  weight(
    names: string | readonly string[],
    { place, shape }: { place: number; shape?: readonly (number | undefined)[] | undefined },
  ): Weight {
    const found = this.optionalWeight([names].flat(), place);
    const what = `layer ${this.name}: ${[names].flat()[0]}`;
    if (!found) invalid(what, words("no weights of that name"), "some in the weightsManifest");
    const fits =
      !shape ||
      (found.shape.length === shape.length &&
        shape.every((size, axis) => (size ?? found.shape[axis]) === found.shape[axis]));
    if (!fits) invalid(what, found.shape, `the shape [${shape.map((size) => size ?? "any").join(", ")}]`);
    return found;
  }

  optionalWeight(names: readonly string[], place: number): Weight | undefined {
    for (const name of [...names, `vars/${place}`]) {
      const found = this.#store.find(this.path, name);
      if (found) return found;
    }
    return undefined;
  }
}

/** Adds the nodes of a layer to a graph. */
export class LayerBuilder {
  /** The element type of maps and weights. */
  readonly dtype: Dtype;
  readonly #graph: GraphBuilder;
  readonly #name: string;
  readonly #constants: Map<unknown, Value>;

  /** @param constants those of the graph so far: a layer that is called twice has its weights once */
  constructor(graph: GraphBuilder, name: string, dtype: Dtype, constants: Map<unknown, Value>) {
    this.#graph = graph;
    this.#name = name;
    this.dtype = dtype;
    this.#constants = constants;
  }

  /** Adds a node with one result; it has the layer's name. */
  node(operator: string, inputs: Node["inputs"], options: Node["options"] = {}): Value {
    return this.#graph.node(this.#name, operator, inputs, options)[0]!;
  }

  constant(weight: Weight): Value {
    const known = this.#constants.get(weight);
    if (known) return known;
    const { name, shape, data } = weight;
    const made = this.#graph.constant(name, { shape, data, dtype: this.dtype, layout: "channels-last" });
    this.#constants.set(weight, made);
    return made;
  }

  /** The value with other sizes, if they differ. */
  reshape(x: Value, shape: readonly number[]): Value {
    return x.shape.join() === shape.join() ? x : this.node("reshape", { x }, { shape });
  }

  /** A constant times a value. */
  scaled(x: Value, scale: number, offset = 0): Value {
    if (scale === 1 && offset === 0) return x;
    return this.node("activate", { x }, { activation: { name: "linear", alpha: scale, beta: offset } });
  }

  /** Computes on a map with the channels last what is defined on one with the channels at axis 1, as TensorFlow.js does. */
  channelsLast(x: Value, isChannelsFirst: boolean, compute: (x: Value) => Value): Value {
    if (!isChannelsFirst) return compute(x);
    const axes = x.shape.map((_, axis) => axis);
    const last = this.node("transpose", { x }, { permutation: [0, ...axes.slice(2), 1] });
    const y = compute(last);
    return this.node("transpose", { x: y }, { permutation: [0, axes.length - 1, ...axes.slice(1, -1)] });
  }
}

/** Adds the nodes of one call of a layer. Returns its result, or several in their order. */
export type Lowering = (inputs: readonly Value[], build: LayerBuilder) => Value | readonly Value[];

/**
 * Reads a layer.
 * @throws ConvError `invalid-model` with the layer's name, or `unsupported-model` with the reason alone
 */
export type LayerReader = (layer: Layer) => Lowering;

/** Checks for an input of a rank, and returns it. */
export function only(layer: Layer, inputs: readonly Value[], ranks?: readonly number[]): Value {
  const [x] = inputs;
  if (!x || inputs.length !== 1) invalid(`layer ${layer.name}`, words(`${inputs.length} inputs`), "one");
  if (ranks && !ranks.includes(x.shape.length))
    invalid(`layer ${layer.name}`, words(`an input of shape ${describe(x.shape)}`), `${ranks.join(" or ")} axes`);
  return x;
}

/** A reader of a layer with one input. */
export function unary(
  read: (layer: Layer) => (x: Value, build: LayerBuilder) => Value,
  ranks?: readonly number[],
): LayerReader {
  return (layer) => {
    const lower = read(layer);
    return (inputs, build) => lower(only(layer, inputs, ranks), build);
  };
}
