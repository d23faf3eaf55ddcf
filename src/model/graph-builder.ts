// GraphBuilder: makes a graph node by node, inferring the shape of each result.
import type { TensorDtype } from "../base/dtype.ts";
import type { Layout } from "../problem/problem.ts";
import type { Graph, Node, Value } from "./graph.ts";
import { naming } from "./naming.ts";
import type { Operator } from "./operator.ts";

/** Constant numbers and their shape. */
export interface ConstantData {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
  readonly dtype?: TensorDtype;
  readonly layout?: Layout;
}

/** What a reader uses to make a graph. */
export class GraphBuilder {
  readonly #operators: Readonly<Record<string, Operator>>;
  readonly #inputs: Value[] = [];
  readonly #outputs = new Map<string, Value>();
  readonly #nodes: Node[] = [];
  /** The number of names that begin with each. */
  readonly #names = new Map<string, number>();

  constructor(operators: Readonly<Record<string, Operator>>) {
    this.#operators = operators;
  }

  input(value: Value): Value {
    const named = { ...value, name: this.#unique(value.name) };
    this.#inputs.push(named);
    return named;
  }

  constant(name: string, { shape, data, dtype, layout = "channels-first" }: ConstantData): Value {
    return {
      name: this.#unique(name),
      shape,
      layout,
      dtype: dtype ?? (data instanceof Uint32Array ? "u32" : "f32"),
      data,
    };
  }

  /**
   * Adds a node and returns its results.
   * @param name of the file's node; "name/2" and so on are used where it takes several nodes
   * @throws ConvError `unsupported-model` with the node's name, if the operator refuses its inputs or options
   */
  node(name: string, operator: string, inputs: Node["inputs"], options: Node["options"] = {}): readonly Value[] {
    const unique = this.#unique(name);
    const results = naming(
      { name: unique, operator },
      () => this.#operators[operator]!.infer(inputs, options),
      "unsupported-model",
    );
    const outputs = results.map((result, index) => ({
      ...result,
      name: this.#unique(index === 0 ? `${unique}:0` : `${unique}:${index}`),
    }));
    this.#nodes.push({ name: unique, operator, inputs, options, outputs });
    return outputs;
  }

  output(name: string, value: Value): void {
    this.#outputs.set(name, value);
  }

  build(): Graph {
    return { inputs: this.#inputs, outputs: this.#outputs, nodes: this.#nodes };
  }

  #unique(name: string): string {
    let unique = name;
    for (let copy = this.#names.get(name) ?? 1; this.#names.has(unique); copy++) {
      unique = `${name}/${copy + 1}`;
      this.#names.set(name, copy + 1);
    }
    this.#names.set(unique, 1);
    return unique;
  }
}
