// Folds batch normalisation, and sums and products with a number for each channel, into the weights and the bias of the convolution or fully
// connected layer beside it (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018,
// section 3.2).
import { resolvePadding } from "../../problem/padding.ts";
import { splitKernel, splitShape } from "../../problem/problem.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type Affine, affineOf } from "./affine.ts";
import { type Constant, computed, isConstant } from "./constants.ts";
import { WEIGHTED, isFusible } from "./layers.ts";
import { type Rewriting, merged, rewrite } from "./rewriting.ts";
import { biasLike, channelsOfWeights, scaledWeights, weightedSums } from "./weights.ts";

/** Folds what is affine in each channel into the weights before or after it. */
export function foldAffine(graph: Graph): Graph {
  return rewrite(graph, foldScale, foldAfter, foldBefore);
}

/** The layer that makes a value that nothing else reads, and that can still be changed. */
function layerOf(value: Value, graph: Rewriting): Node | undefined {
  const layer = graph.isReadOnce(value) ? graph.maker(value) : undefined;
  if (!layer || !WEIGHTED.includes(layer.operator) || layer.options["activation"] !== undefined) return undefined;
  const { bias } = layer.inputs;
  return bias === undefined || isConstant(bias) ? layer : undefined;
}

/** The weights and the bias of a layer that computes factor * result + summand; undefined if its weights are no constants. */
function scaledLayer(
  layer: Node,
  { factor, summand, sources }: Pick<Affine, "factor" | "summand" | "sources">,
  key: unknown,
  graph: Rewriting,
): Record<string, Value> | undefined {
  const { w, bias } = layer.inputs;
  const changed: Record<string, Value> = {};
  const channels = channelsOfWeights(layer);
  if (factor) {
    if (!isConstant(w)) return undefined;
    const scaled = [key, layer.operator, layer.options["groups"] ?? 1, w.shape, layer.inputs["x"]!.layout];
    changed["w"] = computed(graph, w, [w, ...sources], ["scaled", scaled], () =>
      scaledWeights(w, factor, channels.resultOf),
    );
  }
  if (summand || bias) {
    const own = bias ? [bias as Constant] : [];
    changed["bias"] = computed(graph, biasLike(layer, channels.results), [...sources, ...own], ["bias", key], () =>
      Float64Array.from(
        { length: channels.results },
        (_, k) => (bias?.data?.[k] ?? 0) * (factor?.[k] ?? 1) + (summand?.[k] ?? 0),
      ),
    );
  }
  return changed;
}

/** Of a node whose numbers are those of other constants in other places. */
const keyOf = ({ operator, options, inputs, outputs }: Node): unknown => [
  operator,
  options,
  Object.entries(inputs).map(([name, { data }]) => [name, data !== undefined]),
  outputs[0]!.shape.length,
  outputs[0]!.layout,
];

function foldAfter(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const affine = affineOf(node);
  const layer = affine && layerOf(affine.x, graph);
  if (!affine || !layer || (affine.factor && layer.inputs["residual"])) return undefined;
  // An activation that the layer cannot end with stays where it is.
  if (affine.activation !== undefined && !isFusible(affine.activation)) return undefined;
  const changed = scaledLayer(layer, affine, keyOf(node), graph);
  if (!changed) return undefined;
  const { activation } = affine;
  return graph.add(
    merged(layer, node, {
      inputs: { ...layer.inputs, ...changed },
      options: activation === undefined ? layer.options : { ...layer.options, activation },
    }),
  );
}

/** The factor of a residual sum: x + scale * conv(...). */
function foldScale(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs, options } = node;
  const { a, b } = inputs;
  const scale = ((options["scale"] as number | undefined) ?? 1) * (operator === "sub" ? -1 : 1);
  if ((operator !== "add" && operator !== "sub") || !a || !b || scale === 1 || isConstant(a)) return undefined;
  const layer = layerOf(b, graph);
  if (!layer || layer.inputs["residual"]) return undefined;
  const { results } = channelsOfWeights(layer);
  const factor = new Float64Array(results).fill(scale);
  const changed = scaledLayer(layer, { factor, sources: [] }, ["scale", scale], graph);
  if (!changed) return undefined;
  const [scaled] = graph.add({
    ...layer,
    inputs: { ...layer.inputs, ...changed },
    outputs: [{ ...b, name: graph.unique(b.name) }],
  });
  const { scale: _, ...rest } = options;
  return graph.add({ ...node, operator: "add", inputs: { a, b: scaled! }, options: rest });
}

function foldBefore(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs } = node;
  const { x, w, bias } = inputs;
  if (!WEIGHTED.includes(operator) || !x || !isConstant(w) || !graph.isReadOnce(x)) return undefined;
  if (bias && !isConstant(bias)) return undefined;
  const before = graph.maker(x);
  const affine = before && affineOf(before);
  if (!before || !affine || affine.activation !== undefined) return undefined;
  const { factor, sources } = affine;
  const summand = affine.summand?.some((value) => value !== 0) ? affine.summand : undefined;
  if (!seesOnlyCells(node, summand !== undefined)) return undefined;
  const channels = channelsOfWeights(node);
  const key = [keyOf(before), operator, node.options["groups"] ?? 1, w.shape];
  const own = bias ? [bias] : [];
  return graph.add({
    ...node,
    inputs: {
      ...inputs,
      x: affine.x,
      ...(factor && {
        w: computed(graph, w, [w, ...sources], ["before", key], () => scaledWeights(w, factor, channels.inputOf)),
      }),
      ...(summand && {
        bias: computed(graph, biasLike(node, channels.results), [w, ...sources, ...own], ["sums", key], () =>
          weightedSums(w, summand, channels).map((sum, k) => sum + (bias?.data?.[k] ?? 0)),
        ),
      }),
    },
    merged: [before.name, ...(before.merged ?? []), ...(node.merged ?? [])],
  });
}

/** Whether a layer reads no padding that a factor, or a summand, before it would have to change. */
function seesOnlyCells({ operator, inputs, options }: Node, hasSummand: boolean): boolean {
  if (operator === "linear") return true;
  // The outputs of a transposed convolution have different numbers of terms.
  if (operator === "convTranspose") return !hasSummand;
  if ((options["paddingMode"] ?? "zeros") !== "zeros") return true;
  if ((options["paddingValue"] ?? 0) !== 0) return false;
  if (!hasSummand) return true;
  const { shape, layout } = inputs["x"]!;
  const { spatial } = splitShape(shape, layout);
  const perAxis = (value: unknown): number[] => (Array.isArray(value) ? value : spatial.map(() => value)) as number[];
  const pads = resolvePadding(
    options["padding"],
    spatial,
    splitKernel(inputs["w"]!.shape, layout).spatial,
    perAxis(options["stride"] ?? 1),
    perAxis(options["dilation"] ?? 1),
  );
  return pads.flat().every((cells) => cells <= 0);
}
