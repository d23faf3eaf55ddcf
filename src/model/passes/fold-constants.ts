// Computes nodes that read nothing but constants: what files do to their weights. Only the operators by which they do so are listed, since each
// brings its CPU reference into the bundle.
import { elementCount } from "../../base/shape.ts";
import { add, sub } from "../../ops/add/reference.ts";
import { divide, maximum, minimum, multiply, power } from "../../ops/binary/reference.ts";
import { clamp } from "../../ops/clamp/reference.ts";
import { expansionOf } from "../../ops/expand/geometry.ts";
import type { StridedCopy } from "../../ops/shared/geometry/strided.ts";
import { copyStrided } from "../../ops/shared/reference/strided.ts";
import { type SliceOptions, sliceOf } from "../../ops/slice/geometry.ts";
import { type SplitOptions, concatenationOf, splitOf } from "../../ops/slices/geometry.ts";
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import { abs, exp, floor, log, negate, reciprocal, sqrt } from "../../ops/unary/reference.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import type { Graph, Node, Value } from "../graph.ts";
import { type Constant, computed, emptyLike, isConstant } from "./constants.ts";
import { type Rewriting, rewrite } from "./rewriting.ts";

/** Computes the values of each result. */
type Evaluate = (inputs: readonly Constant[], node: Node) => readonly ArrayLike<number>[];

/** Moves of elements: the copies that make each result of one input. */
const MOVES: Readonly<Record<string, (shape: readonly number[], node: Node) => readonly StridedCopy[]>> = {
  transpose: (shape, { options }) => [transpositionOf(shape, options["permutation"]).copy],
  slice: (shape, { options }) => [sliceOf(shape, options as unknown as SliceOptions).copy],
  expand: (shape, { options }) => [expansionOf(shape, options["shape"]).copy],
  split: (shape, { inputs, options }) =>
    splitOf(shape, options as SplitOptions, inputs["x"]!.layout).slices.map(({ copy }) => copy),
};

/** Arithmetic in float64, rounded once. */
const ARITHMETIC: Readonly<Record<string, (node: Node, x: NdArray, y: NdArray) => Float64NdArray>> = {
  add: ({ options }, a, b) => add(a, b, options),
  sub: ({ options }, a, b) => sub(a, b, options),
  multiply: (_, a, b) => multiply(a, b),
  divide: (_, a, b) => divide(a, b),
  minimum: (_, a, b) => minimum(a, b),
  maximum: (_, a, b) => maximum(a, b),
  power: (_, a, b) => power(a, b),
  clamp: ({ options }, x) => clamp(x, options),
  abs: (_, x) => abs(x),
  exp: (_, x) => exp(x),
  floor: (_, x) => floor(x),
  log: (_, x) => log(x),
  negate: (_, x) => negate(x),
  reciprocal: (_, x) => reciprocal(x),
  sqrt: (_, x) => sqrt(x),
};

/** The function that evaluates an operator. */
function evaluatorOf(operator: string): Evaluate | undefined {
  if (operator === "reshape") return ([x]) => [x!.data];
  if (operator === "concatenate") return (inputs, node) => [joined(inputs, node)];
  const copies = MOVES[operator];
  if (copies)
    return ([x], node) => copies(x!.shape, node).map((copy) => copyStrided(x!.data, copy, emptyLike(x!, copy.sizes)));
  const arithmetic = ARITHMETIC[operator];
  return arithmetic && ((inputs, node) => [arithmetic(node, inputs[0]!, inputs[1]!).data]);
}

/** The inputs of a node in the order of its function's arguments. */
function argumentsOf({ operator, inputs }: Node): readonly Value[] {
  const names = operator === "concatenate" ? Object.keys(inputs).map((_, at) => String(at)) : ["x", "a", "b"];
  return names.flatMap((name) => inputs[name] ?? []);
}

function joined(inputs: readonly Constant[], { options }: Node): ArrayLike<number> {
  const slices = concatenationOf(
    inputs.map(({ shape }) => shape),
    options,
    inputs[0]!.layout,
  );
  const result = emptyLike(inputs[0]!, slices.shape);
  slices.slices.forEach(({ copy: { sizes, from, to } }, at) =>
    copyStrided(inputs[at]!.data, { sizes, from: to, to: from }, result),
  );
  return result;
}

/** A constant that grows by more than this is left to the GPU, and its memory with it. */
const MOST_GROWTH = 2 ** 16;

function fold(node: Node, graph: Rewriting): readonly Value[] | undefined {
  const inputs = argumentsOf(node);
  if (inputs.length !== Object.keys(node.inputs).length || !inputs.every(isConstant)) return undefined;
  const evaluate = evaluatorOf(node.operator);
  if (!evaluate || inputs.length === 0) return undefined;
  const elements = (values: readonly Value[]): number =>
    values.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  if (elements(node.outputs) > elements(inputs) + MOST_GROWTH) return undefined;
  if (node.operator in ARITHMETIC && inputs.some(({ dtype }) => dtype === "u32")) return undefined;
  const key = [node.operator, node.options, inputs.map(({ shape, layout }) => [shape, layout])];
  let results: readonly ArrayLike<number>[] | undefined;
  return node.outputs.map((output, at) =>
    computed(graph, output, inputs, [...key, at], () => (results ??= evaluate(inputs, node))[at]!),
  );
}

/** Evaluates nodes all of whose inputs are constants. */
export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, fold);
}
