// Operations beside convolution on ONNX Runtime Web, channels first: models of the operators that compute them. It has no gradients.
import { type ModelAttribute, type ModelNode, type ModelValue } from "./onnx-model.ts";
import { runModel } from "./onnx-run.ts";
import {
  type NormParameters,
  type OperationPeer,
  type OperationRunner,
  type OperationTask,
  type PeerFunctions,
  type Resizing,
  type Window,
  callEntry,
} from "./operations.ts";

type Ort = typeof import("onnxruntime-web/webgpu");
type Attributes = Readonly<Record<string, ModelAttribute>>;

type Parameters = NormParameters<ModelValue>;

const EPSILON = { float: 1e-5 };

/** Collects the nodes of a model. Only the shapes of its inputs are known. */
class Nodes {
  readonly list: ModelNode[] = [];
  #made = 0;

  /** Adds a node and returns its outputs. */
  several(operation: string, inputs: readonly ModelValue[], attributes: Attributes, count: number): ModelValue[] {
    const outputs = Array.from({ length: count }, () => ({ name: `value${this.#made++}`, shape: [] }));
    this.list.push({ operation, inputs, outputs, attributes });
    return outputs;
  }

  add(operation: string, inputs: readonly ModelValue[], attributes: Attributes = {}): ModelValue {
    return this.several(operation, inputs, attributes, 1)[0]!;
  }

  integers(...values: number[]): ModelValue {
    const name = `constant${this.#made++}`;
    return { name, shape: [values.length], values: BigInt64Array.from(values, BigInt) };
  }

  floats(values: readonly number[], shape: readonly number[]): ModelValue {
    return { name: `constant${this.#made++}`, shape, values: Float32Array.from(values) };
  }
}

const NONE: ModelValue = { name: "", shape: [] };

function functionsOf(nodes: Nodes): PeerFunctions {
  const unary = (operation: string) => (x: ModelValue) => nodes.add(operation, [x]);
  const binary = (operation: string) => (a: ModelValue, b: ModelValue) => nodes.add(operation, [a, b]);
  const scalar = (value: number): ModelValue => nodes.floats([value], []);
  const reshape = (x: ModelValue, shape: number[]): ModelValue => nodes.add("Reshape", [x, nodes.integers(...shape)]);
  const transpose = (x: ModelValue, perm: number[]): ModelValue => nodes.add("Transpose", [x], { perm });
  const window = ({ kernelSize, stride = kernelSize, padding = 0 }: Window): Attributes => ({
    kernel_shape: [kernelSize, kernelSize],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  });
  const averagePool = (x: ModelValue, options: Window): ModelValue =>
    nodes.add("AveragePool", [x], { ...window(options), count_include_pad: 1 });
  const each = (parameter: ModelValue): ModelValue => reshape(parameter, [parameter.shape[0]!, 1, 1]);
  const resize = (x: ModelValue, { scale, outputSize, mode = "nearest", coordinates }: Resizing): ModelValue => {
    const [n, c] = x.shape as [number, number];
    const size = scale === undefined ? [outputSize!, outputSize!] : [x.shape[2]! * scale, x.shape[3]! * scale];
    return nodes.add("Resize", [x, NONE, NONE, nodes.integers(n, c, ...size)], {
      mode: mode === "linear" ? "linear" : "nearest",
      coordinate_transformation_mode:
        coordinates === "align-corners" ? "align_corners" : mode === "linear" ? "half_pixel" : "asymmetric",
      ...(mode === "nearest" && { nearest_mode: "floor" }),
    });
  };
  const shuffle = (x: ModelValue, shape: number[], perm: number[], to: number[]): ModelValue =>
    reshape(transpose(reshape(x, shape), perm), to);
  const channelwise = (x: ModelValue, operation: string, inputs: ModelValue[], attributes: Attributes): ModelValue =>
    transpose(nodes.add(operation, [transpose(x, [0, 2, 3, 1]), ...inputs], attributes), [0, 3, 1, 2]);

  return {
    averagePool,
    maxPool: (x: ModelValue, options: Window) => nodes.add("MaxPool", [x], window(options)),
    globalAveragePool: unary("GlobalAveragePool"),
    globalMaxPool: unary("GlobalMaxPool"),
    adaptiveAveragePool(x: ModelValue, { outputSize }: { outputSize: number }) {
      const kernelSize = x.shape[2]! / outputSize;
      if (!Number.isInteger(kernelSize)) throw new Error("it has no uneven bins");
      return averagePool(x, { kernelSize });
    },
    upsample: resize,
    resize(x: ModelValue, options: Resizing) {
      if (options.antialias) throw new Error("its antialiasing is not on the GPU");
      return resize(x, options);
    },
    activate: (x: ModelValue, name: string) => nodes.add(name === "relu" ? "Relu" : "Gelu", [x]),
    add: (a: ModelValue, b: ModelValue, { activation }: { activation?: string } = {}) => {
      const sum = nodes.add("Add", [a, b]);
      return activation === "relu" ? nodes.add("Relu", [sum]) : sum;
    },
    multiply: binary("Mul"),
    sub: binary("Sub"),
    divide: binary("Div"),
    maximum: binary("Max"),
    power: binary("Pow"),
    exp: unary("Exp"),
    erf: unary("Erf"),
    clamp: (x: ModelValue, { min, max }: { min: number; max: number }) =>
      nodes.add("Clip", [x, scalar(min), scalar(max)]),
    where: (condition: ModelValue, a: ModelValue, b: ModelValue) =>
      nodes.add("Where", [nodes.add("Cast", [condition], { to: 9 }), a, b]),
    prelu: (x: ModelValue, slope: ModelValue) => nodes.add("PRelu", [x, each(slope)]),
    softmax: (x: ModelValue) => nodes.add("Softmax", [x], { axis: 1 }),
    logSoftmax: (x: ModelValue) => nodes.add("LogSoftmax", [x], { axis: 1 }),
    reduceMean: (x: ModelValue, { axes }: { axes: number[] }) =>
      nodes.add("ReduceMean", [x, nodes.integers(...axes)], { keepdims: 0 }),
    reduceMax: (x: ModelValue, { axes }: { axes: number[] }) =>
      nodes.add("ReduceMax", [x, nodes.integers(...axes)], { keepdims: 0 }),
    argMax: (x: ModelValue, { axis }: { axis: number }) => nodes.add("ArgMax", [x], { axis, keepdims: 0 }),
    matmul: (a: ModelValue, b: ModelValue) => nodes.add("MatMul", [a, transpose(b, [0, 2, 1])]),
    concatenate: (parts: ModelValue[]) => nodes.add("Concat", parts, { axis: 1 }),
    split: (x: ModelValue) => nodes.several("Split", [x], { axis: 1, num_outputs: 2 }, 2),
    channelShuffle(x: ModelValue, { groups }: { groups: number }) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return shuffle(x, [n, groups, c / groups, h, w], [0, 2, 1, 3, 4], [n, c, h, w]);
    },
    pixelShuffle: (x: ModelValue, { factor }: { factor: number }) =>
      nodes.add("DepthToSpace", [x], { blocksize: factor, mode: "CRD" }),
    pixelUnshuffle(x: ModelValue, { factor: f }: { factor: number }) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return shuffle(x, [n, c, h / f, f, w / f, f], [0, 1, 3, 5, 2, 4], [n, c * f * f, h / f, w / f]);
    },
    pad: (x: ModelValue, { padding }: { padding: number[][] }) =>
      nodes.add("Pad", [x, nodes.integers(...padding.map(([begin]) => begin!), ...padding.map(([, end]) => end!))], {
        mode: "reflect",
      }),
    transpose: (x: ModelValue, { permutation }: { permutation: number[] }) => transpose(x, permutation),
    slice: (x: ModelValue, { starts, ends, axes }: { starts: number[]; ends: number[]; axes: number[] }) =>
      nodes.add("Slice", [x, nodes.integers(...starts), nodes.integers(...ends), nodes.integers(...axes)]),
    expand: (x: ModelValue, shape: number[]) => nodes.add("Expand", [x, nodes.integers(...shape)]),
    batchNorm: (x: ModelValue, { scale, bias, mean, variance }: Parameters) =>
      nodes.add("BatchNormalization", [x, scale, bias, mean, variance], { epsilon: EPSILON }),
    layerNorm: (x: ModelValue, { scale, bias }: Parameters) =>
      channelwise(x, "LayerNormalization", [scale, bias], { axis: 3, epsilon: EPSILON }),
    rmsNorm: (x: ModelValue, { scale }: Parameters) =>
      nodes.add("SimplifiedLayerNormalization", [x, scale], { axis: 1, epsilon: EPSILON }),
    instanceNorm: (x: ModelValue, { scale, bias }: Parameters) =>
      nodes.add("InstanceNormalization", [x, scale, bias], { epsilon: EPSILON }),
    groupNorm(x: ModelValue, { groups, scale, bias }: Parameters & { groups: number }) {
      const shape = [...x.shape];
      const [ones, zeros] = [1, 0].map((value) => nodes.floats(Array<number>(groups).fill(value), [groups]));
      const split = reshape(x, [shape[0]!, groups, (shape[1]! / groups) * shape[2]! * shape[3]!]);
      const normal = nodes.add("InstanceNormalization", [split, ones!, zeros!], { epsilon: EPSILON });
      return nodes.add("Add", [nodes.add("Mul", [reshape(normal, shape), each(scale)]), each(bias)]);
    },
    localResponseNorm: (x: ModelValue) =>
      nodes.add("LRN", [x], { size: 5, alpha: { float: 5e-4 }, beta: { float: 0.75 }, bias: { float: 2 } }),
    linear: (x: ModelValue, w: ModelValue, { bias }: { bias: ModelValue }) =>
      nodes.add("Gemm", [x, w, bias], { transB: 1 }),
  };
}

function prepare(ort: Ort, task: OperationTask): Promise<OperationRunner> {
  const nodes = new Nodes();
  const inputs = Object.entries(task.given).map(([name, { data, shape }]) => ({
    value: { name, shape },
    values: data as Float32Array<ArrayBuffer>,
  }));
  const all = Object.fromEntries(inputs.map(({ value }) => [value.name, value] as const));
  const results = Object.entries(callEntry<ModelValue>(task, functionsOf(nodes), all));
  // The outputs of the model get the names of the results.
  const names = new Map(results.map(([name, value]) => [value.name, name]));
  const integers = task.one.operation === "argMax";
  const named = (value: ModelValue): ModelValue => {
    const name = names.get(value.name);
    return name === undefined ? value : { name, shape: task.expected[name]!.shape, integers };
  };
  const list = nodes.list.map((node) => ({
    ...node,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
  }));
  return runModel(ort, { nodes: list, outputs: results.map(([, value]) => named(value)) }, inputs);
}

export function onnxOperations(ort: Ort): OperationPeer {
  const known = functionsOf(new Nodes());
  return {
    layout: "channels-first",
    has: (operation) => operation in known,
    prepare: (task) => prepare(ort, task),
  };
}
