// Constraints of a model: those of `conv`, for all of its convolutions and fully connected layers.
import { type Constraints, checkConstraints } from "../planner/choose.ts";
import type { ModelSource } from "./graph.ts";
import { WEIGHTED } from "./passes/layers.ts";

/** @throws ConvError naming the constraint */
export function checkModelConstraints(given: unknown): Constraints | undefined {
  return given === undefined ? undefined : checkConstraints("constraints", given);
}

/** Returns a source whose products with weights are planned within constraints. */
export function constrained(source: ModelSource, constraints: Constraints | undefined): ModelSource {
  if (!constraints) return source;
  return {
    inputs: source.inputs,
    outputs: source.outputs,
    graph: (shapes) => {
      const graph = source.graph(shapes);
      const nodes = graph.nodes.map((node) =>
        WEIGHTED.includes(node.operator) ? { ...node, options: { ...constraints, ...node.options } } : node,
      );
      return { ...graph, nodes };
    },
  };
}
