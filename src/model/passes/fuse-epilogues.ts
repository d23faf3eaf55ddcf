// Fuses what follows a convolution into it: activation(sum + bias + residual) costs no dispatch and no map of its own.
import type { Graph, Node, Value } from "../graph.ts";
import { WEIGHTED, activationOf, isFusible } from "./layers.ts";
import { type Rewriting, merged, rewrite } from "./rewriting.ts";

/** Fuses residual sums and activations into convolutions, activations into fully connected layers, and the rest of them into sums. */
export function fuseEpilogues(graph: Graph): Graph {
  return rewrite(graph, residual, activation);
}

/** The node that makes a value that nothing else reads. */
function soleMaker(value: Value | undefined, graph: Rewriting): Node | undefined {
  return value && graph.isReadOnce(value) ? graph.maker(value) : undefined;
}

/** A sum of a convolution and a map of its shape. */
function residual(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs, options, outputs } = node;
  const { a, b } = inputs;
  if (operator !== "add" || !a || !b || (options["scale"] ?? 1) !== 1) return undefined;
  if (options["activation"] !== undefined && !isFusible(options["activation"])) return undefined;
  const isLike = (one: Value, other: Value): boolean =>
    one.shape.join() === other.shape.join() && one.layout === other.layout && one.dtype === other.dtype;
  if (!isLike(a, b) || !isLike(a, outputs[0]!)) return undefined;
  // Of two convolutions, the one that is computed last: the result of the other is there by then.
  const candidates = [
    [a, b],
    [b, a],
  ] as const;
  const fusible = candidates.filter(([sum]) => {
    const maker = soleMaker(sum, graph);
    const isConv = maker?.operator === "conv" || maker?.operator === "convTranspose";
    return isConv && maker.options["activation"] === undefined && !maker.inputs["residual"];
  });
  const [sum, other] = fusible.toSorted(([one], [two]) => graph.placeOf(two) - graph.placeOf(one))[0] ?? [];
  if (!sum || !other) return undefined;
  const conv = graph.maker(sum)!;
  return graph.add(
    merged(conv, node, {
      inputs: { ...conv.inputs, residual: other },
      options: options["activation"] === undefined ? conv.options : { ...conv.options, ...options },
    }),
  );
}

/** An activation of a convolution, a layer or a sum. */
function activation(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const own = activationOf(node);
  const before = own && soleMaker(node.inputs["x"], graph);
  if (!before || before.options["activation"] !== undefined) return undefined;
  const option = node.options["activation"];
  const isSum = before.operator === "add" || before.operator === "sub";
  if (!isSum && !(WEIGHTED.includes(before.operator) && isFusible(option))) return undefined;
  return graph.add(merged(before, node, { options: { ...before.options, activation: option } }));
}
