// The topology of a layers-model: Sequential and Functional models, in the forms of Keras 2, Keras 3 and TensorFlow.js, as calls of layers in
// an order in which each comes after those whose results it reads.
import { ConvError, describe, words } from "../base/error.ts";
import { Config, type Fields, checkFields, checkList, fieldOf, invalid, unserved } from "./config.ts";
import { Layer, type LayerReader, type Lowering } from "./layer.ts";
import type { WeightStore } from "./weights.ts";

/** Most layers and calls of a model with all that it contains, deepest models in models, and deepest lists of references. */
const MOST_LAYERS = 20_000;
const DEEPEST_MODEL = 16;
const DEEPEST_LIST = 8;
const LONGEST_NAME = 1000;

/** A result of a call: the index of the call and its place among the results. */
export type Reference = readonly [call: number, result: number];

/** A call of a layer, or of a model in the model. */
export interface Call {
  readonly name: string;
  readonly compute: Lowering | Network | "input";
  readonly inputs: readonly Reference[];
}

export interface InputLayer {
  readonly name: string;
  /** null: left open. */
  readonly shape: readonly (number | null)[];
}

export interface Network {
  readonly calls: readonly Call[];
  /** The calls that stand for inputs. */
  readonly inputs: readonly number[];
  readonly outputs: readonly Reference[];
  /** As declared, where the model declares them. */
  readonly inputLayers: readonly (InputLayer | undefined)[];
}

/** What all levels of a model share while it is read. */
export interface Reading {
  readonly readers: ReadonlyMap<string, LayerReader>;
  readonly store: WeightStore;
  /** What is not served, by layer. */
  readonly unserved: string[];
  layers: number;
}

/** A layer or a model, as it stands in the file. */
interface Given {
  readonly name: string;
  readonly className: string;
  readonly config: unknown;
  readonly fields: Fields;
}

const MODELS = new Set(["Sequential", "Functional", "Model"]);

function givenOf(value: unknown): Given {
  const fields = checkFields("layer", value);
  const className = fieldOf(fields, "class_name");
  if (typeof className !== "string" || className.length > LONGEST_NAME)
    invalid("layer: class_name", className, "the name of a class");
  const config = fieldOf(fields, "config");
  const isList = Array.isArray(config);
  const name = fieldOf(fields, "name") ?? (isList ? undefined : fieldOf(checkFields("layer: config", config), "name"));
  if (name !== undefined && (typeof name !== "string" || name === "" || name.length > LONGEST_NAME))
    invalid("layer: name", name, `1 to ${LONGEST_NAME} characters`);
  return { name: name ?? className, className, config, fields };
}

function inputShapeOf(name: string, fields: Fields): (number | null)[] | undefined {
  const given = fieldOf(fields, "batch_input_shape") ?? fieldOf(fields, "batch_shape") ?? undefined;
  if (given === undefined) return undefined;
  const shape = checkList(`layer ${name}: batch_shape`, given, 8);
  for (const size of shape)
    if (size !== null && (typeof size !== "number" || !Number.isInteger(size) || size < 1))
      invalid(`layer ${name}: batch_shape`, shape, "sizes of at least 1, or null");
  return shape as (number | null)[];
}

function inputLayerOf({ name, config }: Given): InputLayer {
  const fields = checkFields(`layer ${name}: config`, config);
  const shape = inputShapeOf(name, fields);
  if (!shape) invalid(`layer ${name}: batch_shape`, shape, "a list of sizes");
  new Config(name, fields).without("sparse", false);
  new Config(name, fields).without("ragged", false);
  return { name, shape };
}

/** Reads a layer or a model; what is not served is noted, and nothing computes it. */
function computed(given: Given, path: readonly string[], reading: Reading): Call["compute"] {
  if (++reading.layers > MOST_LAYERS) invalid("model", words("more layers"), `at most ${MOST_LAYERS}`);
  const { name, className, config } = given;
  if (MODELS.has(className)) return readNetwork(given, [...path, name], reading);
  try {
    const read = reading.readers.get(className);
    if (!read) unserved("not served");
    return read(
      new Layer([...path, name], new Config(name, checkFields(`layer ${name}: config`, config)), reading.store),
    );
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== "unsupported-model") throw error;
    reading.unserved.push(`${name} (${className}: ${error.message})`);
    return () => unserved(name);
  }
}

/** Reads a model. @param path the names of the models around it and its own, but for the outermost model */
export function readNetwork(given: Given, path: readonly string[], reading: Reading): Network {
  if (path.length > DEEPEST_MODEL) invalid("model", words("deeper models"), `at most ${DEEPEST_MODEL} in each other`);
  return given.className === "Sequential" ? readSequential(given, path, reading) : readFunctional(given, path, reading);
}

function readSequential({ name, config }: Given, path: readonly string[], reading: Reading): Network {
  const isList = Array.isArray(config);
  const fields = isList ? {} : checkFields(`model ${name}: config`, config);
  const layers = checkList(`model ${name}: layers`, isList ? config : fieldOf(fields, "layers"), MOST_LAYERS).map(
    givenOf,
  );
  let inputLayer: InputLayer | undefined;
  const calls: Call[] = [{ name, compute: "input", inputs: [] }];
  const names = new Set<string>();
  for (const layer of layers) {
    if (names.has(layer.name)) invalid(`model ${name}: layers`, layer.name, "each name once");
    names.add(layer.name);
    if (layer.className === "InputLayer") {
      if (calls.length > 1)
        invalid(`model ${name}: layers`, words("an input after other layers"), "one at the beginning");
      inputLayer = inputLayerOf(layer);
      continue;
    }
    const compute = computed(layer, path, reading);
    if (!inputLayer && calls.length === 1) inputLayer = ownInput(layer, compute);
    calls.push({ name: layer.name, compute, inputs: [[calls.length - 1, 0]] });
  }
  if (!inputLayer && fieldOf(fields, "build_input_shape") !== undefined)
    inputLayer = inputLayerOf({
      name,
      className: "",
      fields,
      config: { batch_shape: fieldOf(fields, "build_input_shape") },
    });
  return { calls, inputs: [0], outputs: [[calls.length - 1, 0]], inputLayers: [inputLayer] };
}

/** The input that the first layer of a Sequential model declares. */
function ownInput({ name, config }: Given, compute: Call["compute"]): InputLayer | undefined {
  if (typeof compute === "object") return compute.inputLayers[0];
  const shape = inputShapeOf(name, checkFields(`layer ${name}: config`, config));
  return shape && { name: `${name}_input`, shape };
}

/** A reference as it stands in the file: layer, its call, and the result. */
interface Named {
  readonly layer: string;
  readonly call: number;
  readonly result: number;
}

function namedOf(where: string, [layer, call, result]: readonly unknown[]): Named {
  const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  if (typeof layer !== "string" || !isIndex(call) || !isIndex(result))
    invalid(where, [layer, call, result], "the name of a layer, the index of its call and that of the result");
  return { layer, call, result };
}

/** Arguments of a call that change nothing. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  training: [null, false],
  mask: [null],
  name: [null],
};

function checkKeywords(given: unknown): void {
  if (given === undefined || given === null) return;
  for (const [name, value] of Object.entries(checkFields("inbound_nodes: kwargs", given)))
    if (!NEUTRAL[name]?.includes(value)) unserved(`called with ${name} ${describe(value)}`);
}

/** The references in lists of lists, or by names: of inputs and outputs, and of the arguments of a call. */
function namesIn(where: string, given: unknown, depth = 0): Named[] {
  if (depth > DEEPEST_LIST) invalid(where, words("deeper lists"), `at most ${DEEPEST_LIST} in each other`);
  if (Array.isArray(given)) {
    if (typeof given[0] !== "string") return given.flatMap((item: unknown) => namesIn(where, item, depth + 1));
    checkKeywords(given[3]);
    return [namedOf(where, given)];
  }
  const fields = checkFields(where, given);
  if (fieldOf(fields, "class_name") === "__keras_tensor__") {
    const history = fieldOf(checkFields(where, fieldOf(fields, "config")), "keras_history");
    return [namedOf(where, checkList(where, history, 3))];
  }
  if (fieldOf(fields, "class_name") !== undefined) unserved(`called with ${describe(fieldOf(fields, "class_name"))}`);
  return Object.values(fields).flatMap((item) => namesIn(where, item, depth + 1));
}

/** The references of one call of a layer: a list of them, or in Keras 3 an object with its arguments. */
function namesOfCall(where: string, node: unknown): Named[] {
  if (Array.isArray(node)) return namesIn(where, node);
  const fields = checkFields(where, node);
  checkKeywords(fieldOf(fields, "kwargs"));
  return namesIn(where, fieldOf(fields, "args"));
}

interface Called {
  readonly given: Given;
  readonly compute: Call["compute"];
  /** The index of its first call. */
  readonly first: number;
  readonly count: number;
  /** The index by which the file names its first call: models in models have a call of their own before it. */
  base: number;
}

function readFunctional({ name, config }: Given, path: readonly string[], reading: Reading): Network {
  const fields = checkFields(`model ${name}: config`, config);
  const byName = new Map<string, Called>();
  const pending: { name: string; compute: Call["compute"]; inputs: Named[] }[] = [];
  const inputLayers = new Map<string, InputLayer>();
  for (const given of checkList(`model ${name}: layers`, fieldOf(fields, "layers"), MOST_LAYERS).map(givenOf)) {
    if (byName.has(given.name)) invalid(`model ${name}: layers`, given.name, "each name once");
    const begins = given.className === "InputLayer";
    if (begins) inputLayers.set(given.name, inputLayerOf(given));
    const compute = begins ? "input" : computed(given, path, reading);
    const where = `layer ${given.name}: inbound_nodes`;
    const nodes = checkList(where, fieldOf(given.fields, "inbound_nodes") ?? [], MOST_LAYERS);
    const first = pending.length;
    if (begins) pending.push({ name: given.name, compute, inputs: [] });
    for (const node of begins ? [] : nodes)
      pending.push({ name: given.name, compute, inputs: served(given, reading, () => namesOfCall(where, node)) });
    if (pending.length > MOST_LAYERS) invalid(`model ${name}`, words("more calls of layers"), `at most ${MOST_LAYERS}`);
    byName.set(given.name, { given, compute, first, count: pending.length - first, base: 0 });
  }
  const where = `model ${name}`;
  const inputs = namesIn(`${where}: input_layers`, fieldOf(fields, "input_layers") ?? []);
  const outputs = namesIn(`${where}: output_layers`, fieldOf(fields, "output_layers") ?? []);
  if (outputs.length === 0) invalid(`${where}: output_layers`, words("none"), "one or more");
  for (const { layer, call } of [...pending.flatMap((one) => one.inputs), ...outputs]) {
    const called = byName.get(layer);
    if (called && typeof called.compute === "object" && call === called.count) called.base = 1;
  }
  const resolved = ({ layer, call, result }: Named): Reference => {
    const called = byName.get(layer);
    const at = called ? call - called.base : 0;
    if (!called || at < 0 || at >= called.count)
      invalid(where, words(`a reference to call ${call} of layer ${describe(layer)}`), "a call that there is");
    return [called.first + at, result];
  };
  const calls = pending.map(({ inputs: names, ...call }) => ({ ...call, inputs: names.map(resolved) }));
  const ends = outputs.map(resolved);
  const begins = inputs.map((input) => resolved(input)[0]);
  const isInput = new Set(begins);
  for (const begin of begins)
    if (calls[begin]!.compute !== "input")
      invalid(`${where}: input_layers`, calls[begin]!.name, "layers of the class InputLayer");
  const order = sorted(where, calls, ends);
  const place = new Map(order.map((call, at) => [call, at]));
  const moved = ([call, result]: Reference): Reference => [place.get(call)!, result];
  for (const call of order)
    if (calls[call]!.compute === "input" && !isInput.has(call))
      invalid(
        `${where}: input_layers`,
        words(`none of the name ${describe(calls[call]!.name)}`),
        "each input of the model",
      );
  // An input that nothing reads is still an input.
  const unread = begins.filter((begin) => !place.has(begin));
  unread.forEach((begin, at) => place.set(begin, order.length + at));
  return {
    calls: [...order, ...unread].map((at) => ({ ...calls[at]!, inputs: calls[at]!.inputs.map(moved) })),
    inputs: begins.map((begin) => place.get(begin)!),
    outputs: ends.map(moved),
    inputLayers: begins.map((begin) => inputLayers.get(calls[begin]!.name)),
  };
}

/** Notes what is not served, and goes on without it. */
function served(given: Given, reading: Reading, read: () => Named[]): Named[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== "unsupported-model") throw error;
    reading.unserved.push(`${given.name} (${given.className}: ${error.message})`);
    return [];
  }
}

/**
 * Sorts the calls that the outputs need so that inputs come first. It does not recurse: a model may have thousands of layers in a row.
 * @throws ConvError if calls depend on each other
 */
function sorted(where: string, calls: readonly Call[], outputs: readonly Reference[]): number[] {
  const order: number[] = [];
  const state = new Map<number, "open" | "done">();
  const stack = outputs.map(([call]) => call).toReversed();
  while (stack.length > 0) {
    const call = stack.at(-1)!;
    if (state.get(call) === "done") {
      stack.pop();
    } else if (state.get(call) === "open") {
      stack.pop();
      state.set(call, "done");
      order.push(call);
    } else {
      state.set(call, "open");
      for (const [input] of calls[call]!.inputs.toReversed()) {
        if (state.get(input) === "open")
          invalid(where, words(`layer ${describe(calls[input]!.name)} in a cycle`), "no cycle");
        if (!state.has(input)) stack.push(input);
      }
    }
  }
  return order;
}
