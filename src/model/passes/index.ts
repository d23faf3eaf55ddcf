// The passes over a graph, and their order.
import type { Graph, Node } from "../graph.ts";
import { dropDead } from "./drop-dead.ts";
import { fuseEpilogues } from "./fuse-epilogues.ts";
import { activationOf } from "./layers.ts";
import type { Pass } from "./rewriting.ts";

/** Loads the passes for graphs of more than layers. */
const loadBeyondLayers = () => import("./beyond-layers.ts");

/** The operators of layers. */
const LAYERS: readonly string[] = [
  ...["conv", "convTranspose", "linear", "matmul", "activate", "add", "concatenate", "softmax", "logSoftmax"],
  ...["maxPool", "averagePool", "globalAveragePool", "globalMaxPool", "resize", "upsample", "flatten", "reshape"],
];

/** Whether only the passes over layers can change a node. */
function isLayer(node: Node): boolean {
  const { operator, inputs, options } = node;
  const operands = [inputs["x"], inputs["a"], inputs["b"], inputs["0"]];
  const isScaled = (operator === "add" && options["scale"] !== undefined) || activationOf(node)?.name === "linear";
  return LAYERS.includes(operator) && !isScaled && operands.every((value) => !value?.data);
}

/**
 * Returns the passes that can change a graph, in their order.
 * @throws (as a rejection) the error of the import if they cannot be loaded
 */
export async function passesFor({ nodes }: Graph): Promise<readonly Pass[]> {
  const beyond = nodes.every(isLayer) ? [] : (await loadBeyondLayers()).PASSES;
  return [dropDead, ...beyond, fuseEpilogues];
}

/** Most rounds. Each takes time proportional to the size of the graph; networks need two or three. */
const MOST_ROUNDS = 8;

/**
 * Returns a graph that computes the same with less: constants are folded, normalisations and padding put into convolutions, what follows those
 * fused into them, and moves joined. The same graph gives the same result; graphs of the same constants share what is computed from them.
 * Yields after each pass.
 */
export function* optimising(graph: Graph, passes: readonly Pass[]): Generator<void, Graph> {
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current;
    for (const pass of passes) {
      current = pass(current);
      yield;
    }
    if (current === before) break;
  }
  return current;
}

/** `optimising` in one piece, with the passes for the graph. */
export async function optimise(graph: Graph): Promise<Graph> {
  const work = optimising(graph, await passesFor(graph));
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
