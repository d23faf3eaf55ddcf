// Drops the nodes whose results reach no output of the graph.
import type { Graph, Value } from "../graph.ts";

export function dropDead(graph: Graph): Graph {
  const read = new Set<Value>(graph.outputs.values());
  const kept = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((value) => read.has(value))) return false;
    for (const value of Object.values(inputs)) read.add(value);
    return true;
  });
  return kept.length === graph.nodes.length ? graph : { ...graph, nodes: kept.toReversed() };
}
