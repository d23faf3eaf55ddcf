// The graph of an ONNX file, checked: every name is defined once and before it is read, and every node that an output needs is served.
import { ConvError, refuse, words } from "../base/error.ts";
import { type Values, attributesOf } from "./attributes.ts";
import { type Constant, type ExternalBytes, constantOf } from "./elements.ts";
import type { GraphMessage, ModelMessage, NodeMessage, ValueMessage } from "./file.ts";
import type { OnnxOperator } from "./lowering.ts";
import type { OnnxOperators } from "./operators/index.ts";

/** A node that an output needs. */
export interface NetworkNode {
  readonly name: string;
  readonly operator: string;
  readonly definition: OnnxOperator;
  readonly attributes: Values<OnnxOperator["attributes"]>;
  /** Names of tensors; "" for an input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** For each output, whether anything reads it. */
  readonly read: readonly boolean[];
}

export interface Network {
  readonly opset: number;
  /** Inputs that the caller gives, and outputs. */
  readonly inputs: readonly ValueMessage[];
  readonly outputs: readonly ValueMessage[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly nodes: readonly NetworkNode[];
}

const OPSETS = [7, 22] as const;
const OWN_DOMAINS = ["", "ai.onnx"];

/**
 * Checks a model in linear time.
 * @param operators the served operators of the file, by type
 * @throws ConvError `invalid-model` naming what breaks the rules of the format, or `unsupported-model` with every node that is not served
 */
export function networkOf(
  { graph, operatorSets }: ModelMessage,
  operators: OnnxOperators,
  externalBytes: ExternalBytes,
): Network {
  if (!graph) refuse("invalid-model", "model", words("a file without a graph"), "an ONNX model");
  const opset = operatorSets.findLast(({ domain = "" }) => OWN_DOMAINS.includes(domain))?.version;
  if (opset === undefined) refuse("invalid-model", "model", words("a file without an operator set"), "an ONNX model");
  if (!(opset >= OPSETS[0] && opset <= OPSETS[1]))
    refuse("unsupported-model", "opset", opset, `one from ${OPSETS[0]} to ${OPSETS[1]}`);
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name ?? "", tensor]));
  uniqueNames("initializer", graph.initializers);
  if (graph.sparseInitializers.length > 0)
    refuse("unsupported-model", "initializers", words("sparse tensors"), "dense ones");
  checkNames(graph, initializers);
  const needed = new Set(graph.outputs.map(({ name = "" }) => name));
  const live: NodeMessage[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    live.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const nodes = served(live.toReversed(), operators, needed, externalBytes);
  const constants = new Map<string, Constant>();
  for (const [name, tensor] of initializers)
    if (needed.has(name)) constants.set(name, constantOf(`initializer ${name}`, tensor, externalBytes));
  const inputs = graph.inputs.filter(({ name = "" }) => !initializers.has(name));
  return { opset, inputs, outputs: graph.outputs, constants, nodes };
}

/** Nodes come in an order in which each reads what is there: a circle has none. */
function checkNames(graph: GraphMessage, initializers: ReadonlyMap<string, unknown>): void {
  const defined = new Set(initializers.keys());
  for (const name of uniqueNames("input", graph.inputs)) defined.add(name);
  for (const node of graph.nodes) {
    for (const input of node.inputs)
      if (input !== "" && !defined.has(input))
        refuse("invalid-model", `node ${nameOf(node)}`, words(`the input ${input}`), "one that is computed before it");
    for (const output of node.outputs) {
      if (output !== "" && defined.has(output))
        refuse("invalid-model", `node ${nameOf(node)}`, words(`the output ${output}`), "a name that nothing has yet");
      defined.add(output);
    }
  }
  const outputs = uniqueNames("output", graph.outputs);
  for (const name of outputs)
    if (name === "" || !defined.has(name))
      refuse("invalid-model", `output ${name}`, words("nothing that computes it"), "a tensor of the graph");
  if (outputs.size === 0) refuse("invalid-model", "model", words("no output"), "at least one");
}

/** The names of values, each of which has one of its own. */
function uniqueNames(what: string, values: readonly { readonly name?: string }[]): Set<string> {
  const names = new Set<string>();
  for (const { name = "" } of values) {
    if (names.has(name)) refuse("invalid-model", `${what} ${name}`, words("its name more than once"), "unique names");
    names.add(name);
  }
  return names;
}

const nameOf = ({ name, outputs }: NodeMessage): string => name || (outputs[0] ?? "");

/** The nodes with their operators and attributes, or an error that lists all that are not served. */
function served(
  live: readonly NodeMessage[],
  operators: OnnxOperators,
  needed: ReadonlySet<string>,
  externalBytes: ExternalBytes,
): NetworkNode[] {
  const unserved: string[] = [];
  const nodes: NetworkNode[] = [];
  for (const node of live) {
    const { domain = "", operator: operatorName = "", inputs, outputs } = node;
    const name = nameOf(node);
    const definition = OWN_DOMAINS.includes(domain) ? operators.get(operatorName) : undefined;
    const because = (reason: string): unknown => unserved.push(`node ${name} (${operatorName}): ${reason}`);
    if (!definition) {
      because(`an operator${domain ? ` of ${domain}` : ""} that is not served`);
      continue;
    }
    const given = inputs.length;
    const [least, most] = definition.inputs;
    if (given < least || given > most)
      refuse("invalid-model", `node ${name} (${operatorName})`, words(`${given} inputs`), `${least} to ${most}`);
    const { values, unserved: reasons } = attributesOf(
      `node ${name}`,
      node.attributes,
      definition.attributes,
      externalBytes,
    );
    for (const reason of reasons) because(reason);
    const read = outputs.map((output) => needed.has(output));
    nodes.push({ ...{ name, definition, inputs, outputs, read }, operator: operatorName, attributes: values as never });
  }
  if (unserved.length > 0)
    throw new ConvError("unsupported-model", `model: got what is not served:\n${unserved.join("\n")}`);
  return nodes;
}
