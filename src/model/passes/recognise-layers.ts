// Recognises layers that a file spells out: normalisation by moments, products with a bias, and gates whose factor the next layer can have.
import { elementCount } from "../../base/shape.ts";
import { axesOf } from "../../ops/shared/geometry/axis.ts";
import { aligned } from "../../ops/shared/geometry/broadcast.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { computed, isConstant, scalarOf } from "./constants.ts";
import { WEIGHTED, activationOf, isFusible } from "./layers.ts";
import { type Rewriting, merged, rewrite } from "./rewriting.ts";
import { linearOf } from "./scalars.ts";
import { biasLike } from "./weights.ts";

export function recogniseLayers(graph: Graph): Graph {
  return rewrite(graph, normalisation, parameter, dense, activated, gate);
}

/** The node that makes a value that nothing else reads. */
function soleMaker(value: Value | undefined, graph: Rewriting): Node | undefined {
  return value && graph.isReadOnce(value) ? graph.maker(value) : undefined;
}

/** The axes over which a node takes means. */
function meanOf(value: Value | undefined, graph: Rewriting): { x: Value; axes: readonly number[] } | undefined {
  const maker = value && graph.maker(value);
  if (maker?.operator !== "reduceMean" || maker.options["keepDimensions"] !== true) return undefined;
  const x = maker.inputs["x"]!;
  const { axes } = maker.options;
  return { x, axes: axes === undefined ? [...x.shape.keys()] : axesOf(axes, x.shape.length).toSorted((a, b) => a - b) };
}

/** (x - mean) / sqrt(mean of squares + epsilon). */
function normalisation(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { a: centred, b: deviation } = node.inputs;
  if (node.operator !== "divide" || !centred || !deviation) return undefined;
  const difference = graph.maker(centred);
  const mean = difference?.operator === "sub" ? meanOf(difference.inputs["b"], graph) : undefined;
  const x = difference?.inputs["a"];
  if (!mean || mean.x !== x || (difference!.options["scale"] ?? 1) !== 1 || difference!.options["activation"])
    return undefined;
  const root = graph.maker(deviation);
  const isRoot = root?.operator === "sqrt" || (root?.operator === "power" && scalarOf(root.inputs["b"]) === 0.5);
  if (!isRoot) return undefined;
  const { x: variance, alpha, beta: epsilon } = linearOf((root.inputs["x"] ?? root.inputs["a"])!, graph);
  const squares = alpha === 1 && epsilon > 0 ? meanOf(variance, graph) : undefined;
  const square = squares && graph.maker(squares.x);
  if (!square || squares.axes.join() !== mean.axes.join() || square.inputs["a"] !== centred) return undefined;
  const { operator, inputs } = square;
  const isSquare =
    operator === "multiply" ? inputs["b"] === centred : operator === "power" && scalarOf(inputs["b"]) === 2;
  if (!isSquare) return undefined;
  return graph.add({ ...node, operator: "layerNorm", inputs: { x }, options: { axes: mean.axes, epsilon } });
}

/** The scale and the bias of a normalisation along one axis. */
function parameter(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const name = node.operator === "multiply" ? "scale" : node.operator === "add" ? "bias" : undefined;
  if (!name || (node.options["scale"] ?? 1) !== 1 || node.options["activation"] !== undefined) return undefined;
  const { a, b } = node.inputs as { a: Value; b: Value };
  const [x, own] = isConstant(a) ? [b, a] : [a, b];
  const layer = soleMaker(x, graph);
  const axes = layer?.operator === "layerNorm" ? (layer.options["axes"] as readonly unknown[]) : undefined;
  if (!isConstant(own) || !Array.isArray(axes) || axes.length !== 1 || layer!.inputs["bias"]) return undefined;
  const [axis] = axesOf(axes, x.shape.length) as [number];
  if ((name === "scale" && layer!.inputs["scale"]) || own.shape.length > x.shape.length) return undefined;
  const along = x.shape.map((size, at) => (at === axis ? size : 1));
  if (aligned(own.shape, x.shape.length).join() !== along.join()) return undefined;
  const like = { ...own, shape: [x.shape[axis]!], layout: x.layout };
  const flat = computed(graph, like, [own], "flat", () => own.data);
  return graph.add(merged(layer!, node, { inputs: { ...layer!.inputs, [name]: flat } }));
}

/** The rows of x times known weights, and a bias. */
function dense(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { operator, inputs, options, outputs } = node;
  if (operator !== "add" || (options["scale"] ?? 1) !== 1 || options["activation"] !== undefined) return undefined;
  const { a, b } = inputs as { a: Value; b: Value };
  const [product, bias] = isConstant(a) ? [b, a] : [a, b];
  const maker = soleMaker(product, graph);
  if (maker?.operator !== "matmul" || maker.options["transposeA"] === true || !isConstant(bias)) return undefined;
  const { a: x, b: w } = maker.inputs as { a: Value; b: Value };
  const [columns, isTransposed] = [product.shape.at(-1)!, maker.options["transposeB"] === true];
  if (!isConstant(w) || w.shape.length !== 2 || x.shape.length < 2) return undefined;
  if (elementCount(bias.shape) !== columns || bias.shape.at(-1) !== columns || bias.shape.length > product.shape.length)
    return undefined;
  const [terms, name] = [x.shape.at(-1)!, node.name];
  const rows = { name: graph.unique(`${name}:rows`), layout: x.layout, dtype: x.dtype };
  const flat = x.shape.length === 2;
  const [from] = flat
    ? [x]
    : graph.add(reshaped(`${name}/rows`, x, { ...rows, shape: [elementCount(x.shape) / terms, terms] }, graph));
  const sums: Value = flat
    ? outputs[0]!
    : { ...rows, name: graph.unique(`${name}:sums`), shape: [elementCount(x.shape) / terms, columns] };
  const weights = computed(graph, { ...w, shape: [columns, terms] }, [w], ["dense", isTransposed], () =>
    isTransposed
      ? w.data
      : Float32Array.from(w.data, (_, at) => w.data[(at % terms) * columns + Math.floor(at / terms)]!),
  );
  const like = biasLike({ ...node, inputs: { x } }, columns);
  const own = computed(graph, like, [bias], "flat", () => bias.data);
  const layer = merged(
    { ...maker, operator: "linear", inputs: { x: from!, w: weights, bias: own }, options: {} },
    node,
    {
      outputs: [sums],
    },
  );
  const made = graph.add(layer);
  return flat ? made : graph.add(reshaped(`${name}/shape`, sums, outputs[0]!, graph));
}

function reshaped(name: string, x: Value, output: Value, graph: Rewriting): Node {
  const options = { shape: output.shape };
  return { name: graph.unique(name), operator: "reshape", inputs: { x }, options, outputs: [output] };
}

/** An activation of a layer whose rows have another shape by then. */
function activated(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const shape = activationOf(node) && soleMaker(node.inputs["x"], graph);
  const layer = shape?.operator === "reshape" ? soleMaker(shape.inputs["x"], graph) : undefined;
  const { activation } = node.options;
  if (layer?.operator !== "linear" || layer.options["activation"] !== undefined || !isFusible(activation))
    return undefined;
  const rows = layer.outputs[0]!;
  const [sums] = graph.add(
    merged(layer, node, {
      options: { ...layer.options, activation },
      outputs: [{ ...rows, name: graph.unique(rows.name) }],
    }),
  );
  return graph.add({ ...shape!, inputs: { x: sums! }, outputs: node.outputs });
}

/** A product with min(max(alpha v + beta, 0), 1), where v is a layer's and the product another's: with relu6 instead, and a sixth of the weights. */
function gate(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const { x, w } = node.inputs;
  const product = WEIGHTED.includes(node.operator) ? soleMaker(x, graph) : undefined;
  if (product?.operator !== "multiply" || !isConstant(w) || (node.options["paddingValue"] ?? 0) !== 0) return undefined;
  for (const side of ["a", "b"]) {
    const maker = soleMaker(product.inputs[side], graph);
    const own = maker && activationOf(maker);
    const before = own?.name === "hard-sigmoid" ? soleMaker(maker!.inputs["x"], graph) : undefined;
    if (!before || !isOpen(before)) continue;
    const value = maker!.outputs[0]!;
    const named = (suffix: string): Value => ({ ...value, name: graph.unique(`${value.name}${suffix}`) });
    const linear = { name: "linear", alpha: 6 * own!.parameter, beta: 6 * own!.second };
    const [sum] = graph.add({
      ...{ name: graph.unique(`${maker!.name}/linear`), operator: "activate", inputs: maker!.inputs },
      ...{ options: { activation: linear }, outputs: [named("/linear")] },
    });
    const [bounded] = graph.add({
      ...maker!,
      inputs: { x: sum! },
      options: { activation: "relu6" },
      outputs: [named("/6")],
    });
    const [scaled] = graph.add({
      ...product,
      inputs: { ...product.inputs, [side]: bounded! },
      outputs: [{ ...x!, name: graph.unique(x!.name) }],
    });
    const sixth = computed(graph, w, [w], "sixth", () => w.data.map((one: number) => one / 6));
    return graph.add({ ...node, inputs: { ...node.inputs, x: scaled!, w: sixth } });
  }
  return undefined;
}

/** Whether a layer can take a factor and a summand for all its results, and an activation. */
function isOpen({ operator, inputs, options }: Node): boolean {
  const isPlain = options["activation"] === undefined && !inputs["residual"];
  return (
    WEIGHTED.includes(operator) && isPlain && [inputs["w"], inputs["bias"]].every((one) => !one || isConstant(one))
  );
}
