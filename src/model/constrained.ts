// Constraints of a model: those of `conv`, for all of its convolutions.
import { type Constraints, checkConstraints } from "../planner/choose.ts";
import type { ModelSource } from "./graph.ts";

/** @throws ConvError naming the constraint */
export function checkModelConstraints(given: unknown): Constraints | undefined {
  return given === undefined ? undefined : checkConstraints("constraints", given);
}

/** Returns a source whose convolutions are planned within constraints. */
export function constrained(source: ModelSource, constraints: Constraints | undefined): ModelSource {
  if (!constraints) return source;
  return {
    inputs: source.inputs,
    outputs: source.outputs,
    graph: (shapes) => {
      const graph = source.graph(shapes);
      const nodes = graph.nodes.map((node) =>
        node.operator === "conv" || node.operator === "convTranspose"
          ? { ...node, options: { ...constraints, ...node.options } }
          : node,
      );
      return { ...graph, nodes };
    },
  };
}
