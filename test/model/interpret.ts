// Runs a graph on the CPU, in float64, by the references of its operators.
import { elementCount } from "../../src/base/shape.ts";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { Graph, Node, Value } from "../../src/model/graph.ts";
import { operators } from "../../src/model/operators.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";

type Call = (...given: unknown[]) => NdArray | readonly NdArray[];

/** The arguments of references that are not x and options. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  activate: ["x", "activation"],
  concatenate: ["list", "options"],
  conv: ["x", "w", "options"],
  convTranspose: ["x", "w", "options"],
  deformableConv: ["x", "w", "options"],
  expand: ["x", "shape"],
  gridSample: ["x", "grid", "options"],
  linear: ["x", "w", "options"],
  maxUnpool: ["x", "indices", "options"],
  prelu: ["x", "slope", "options"],
  reshape: ["x", "shape", "options"],
  roiAlign: ["x", "rois", "batchIndices", "options"],
  where: ["condition", "a", "b"],
};

/** Those that compute the same in both layouts. */
const WITHOUT_LAYOUT = /^(?:activate|add|clamp|expand|linear|matmul|pad|slice|sub|transpose|where|reduce.*)$/;

function evaluate({ operator, inputs, options }: Node, read: (value: Value) => NdArray): readonly NdArray[] {
  const call = (reference as unknown as Record<string, Call>)[operator]!;
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, read(value)]));
  const rest: Record<string, unknown> = { ...tensors, ...options };
  const layout = Object.values(inputs)[0]!.layout;
  const own = ARGUMENTS[operator] ?? ("a" in inputs ? ["a", "b", "options"] : ["x", "options"]);
  const given = own
    .filter((name) => name !== "options")
    .map((name) => {
      if (name === "list") return Object.keys(tensors).map((_, at) => rest[String(at)]);
      const value = rest[name];
      delete rest[name];
      return value;
    });
  if (own.includes("list")) for (const name of Object.keys(tensors)) delete rest[name];
  const hasOptions = own.includes("options") && call.length + Object.keys(rest).length > 0;
  const binary = "a" in inputs && operator !== "add" && operator !== "sub" && operator !== "matmul";
  const last = WITHOUT_LAYOUT.test(operator) || binary ? rest : { ...rest, layout };
  const takesOptions = hasOptions && !(Object.keys(last).length === 0);
  const results = call(...given, ...(takesOptions ? [last] : []));
  if (Array.isArray(results)) return results as NdArray[];
  return "data" in results ? [results] : Object.values<NdArray>(results);
}

/** The outputs of a graph. */
export function interpret(graph: Graph, inputs: Readonly<Record<string, NdArray>>): Record<string, NdArray> {
  const known = new Map<Value, NdArray>(graph.inputs.map((value) => [value, inputs[value.name]!]));
  const read = (value: Value): NdArray => {
    const found = known.get(value) ?? (value.data && { data: value.data, shape: value.shape });
    if (!found) throw new Error(`${value.name} is read before it is made`);
    return found;
  };
  for (const node of graph.nodes) {
    const results = evaluate(node, read);
    node.outputs.forEach((value, at) => {
      const { data, shape } = results[at]!;
      if (shape.join() !== value.shape.join())
        throw new Error(`${node.name}: made [${shape.join()}], not [${value.shape.join()}]`);
      known.set(value, { data, shape });
    });
  }
  return Object.fromEntries([...graph.outputs].map(([name, value]) => [name, read(value)]));
}

/** Whole numbers from -4 to 4, others for each seed. */
export function integers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (Math.floor(state / 2 ** 16) % 9) - 4;
  });
}

/** A builder of graphs in one layout, with short calls. */
export class Builder extends GraphBuilder {
  #constants = 0;

  constructor() {
    super(operators);
  }

  map(shape: readonly number[], layout: Value["layout"] = "channels-first", name = "x"): Value {
    return this.input({ name, shape, layout, dtype: "f32" });
  }

  numbers(
    data: readonly number[] | Float32Array,
    shape: readonly number[],
    layout: Value["layout"] = "channels-first",
  ) {
    const values = data instanceof Float32Array ? data : Float32Array.from(data);
    return this.constant(`constant ${this.#constants++}`, { shape, data: values, layout });
  }

  weights(shape: readonly number[], layout: Value["layout"] = "channels-first"): Value {
    return this.numbers(integers(elementCount(shape), 7 + this.#constants), shape, layout);
  }

  call(operator: string, inputs: Node["inputs"] | Value, options: Node["options"] = {}): Value {
    const given = "shape" in inputs ? { x: inputs as Value } : inputs;
    return this.node(operator, operator, given, options)[0]!;
  }

  done(...outputs: readonly Value[]): Graph {
    outputs.forEach((value, at) => this.output(`y${at}`, value));
    return this.build();
  }
}

/** The operators of a graph, in order. */
export const operatorsOf = (graph: Graph): string[] => graph.nodes.map(({ operator }) => operator);

/** @throws if a graph reads what is not there, names two things alike, or has nodes whose results are not those that its operators infer */
export function checkGraph(graph: Graph): void {
  const known = new Set<Value>(graph.inputs);
  const names = new Set<string>(graph.inputs.map(({ name }) => name));
  const claim = (name: string): void => {
    if (names.has(name)) throw new Error(`two are named ${name}`);
    names.add(name);
  };
  for (const node of graph.nodes) {
    claim(node.name);
    for (const value of Object.values(node.inputs))
      if (!value.data && !known.has(value)) throw new Error(`${node.name} reads ${value.name}, which is not there yet`);
    const inferred = operators[node.operator]!.infer(node.inputs, node.options);
    inferred.forEach((result, at) => {
      const { shape, layout, dtype, name } = node.outputs[at]!;
      claim(name);
      if (JSON.stringify({ shape, layout, dtype }) !== JSON.stringify(result))
        throw new Error(
          `${node.name} makes ${JSON.stringify(result)}, not ${JSON.stringify({ shape, layout, dtype })}`,
        );
    });
    for (const value of node.outputs) known.add(value);
  }
}

/** The largest difference between the outputs of two graphs for the same whole numbers. */
export function differenceOf(before: Graph, after: Graph): number {
  checkGraph(after);
  const inputs = Object.fromEntries(
    before.inputs.map(({ name, shape }, at) => [name, { data: integers(elementCount(shape), 99 + at), shape }]),
  );
  const [expected, got] = [interpret(before, inputs), interpret(after, inputs)];
  const differences = Object.entries(expected).map(([name, { data, shape }]) => {
    const other = got[name]!;
    if (other.shape.join() !== shape.join()) return Infinity;
    return Math.max(...Array.from(data, (value, at) => Math.abs(value - other.data[at]!)));
  });
  return Math.max(...differences);
}
