// ONNX Runtime Web on its WebGPU provider (onnxruntime-web/webgpu): a model of one node, with inputs and results in GPU buffers. Weights are
// constants of the model, as in applications.
import { type ConvProblem, tensorShape } from "../../src/problem/problem.ts";
import type { Operand } from "../ground-truth.ts";
import type { BenchPass } from "../layer.ts";
import { type Peer, type PeerEngine, type Runner, type Task, operand } from "./adapter.ts";
import { axes, extents, isPlanar } from "./geometry.ts";
import { permute } from "./layouts.ts";
import type { ModelNode, ModelValue } from "./onnx-model.ts";
import { onnxOperations } from "./onnx-operations.ts";
import { runModel } from "./onnx-run.ts";

type Ort = typeof import("onnxruntime-web/webgpu");

/** Returns padding in ONNX's order: all the beginnings, then all the ends. */
function pads(problem: ConvProblem): number[] {
  return [...axes(problem, problem.padBegin), ...axes(problem, problem.padEnd)];
}

/** Returns the output padding of ConvTranspose, which picks one of several possible sizes. */
function outputPadding(problem: ConvProblem): number[] {
  const [input, output] = [axes(problem, problem.input), axes(problem, problem.output)];
  const [begin, end] = [axes(problem, problem.padBegin), axes(problem, problem.padEnd)];
  return extents(problem).map(
    (extent, axis) =>
      input[axis]! + begin[axis]! + end[axis]! - extent - (output[axis]! - 1) * axes(problem, problem.stride)[axis]!,
  );
}

/**
 * Whether Conv can compute the gradient of the weights. The runtime has no such gradient, but x with its channels as a batch, convolved with dy
 * as one kernel for each output, gives the same sums. A larger batch would need a further sum.
 */
function weightsAreConvolved(problem: ConvProblem): boolean {
  return problem.N === 1 && problem.groups === 1 && outputPadding(problem).every((cells) => cells === 0);
}

function supports(problem: ConvProblem, pass: BenchPass): true | string {
  if (!isPlanar(problem)) return "it is timed on 2-D maps alone";
  if (pass === "backward-weights" && !weightsAreConvolved(problem))
    return "it has no gradient of the weights, and Conv gives that of one image without groups alone";
  return true;
}

/** The node, the operand of each non-constant input, and the conversion of its result. */
interface Single {
  readonly node: ModelNode;
  readonly fed: readonly { readonly value: ModelValue; readonly operand: Operand }[];
  readonly turn?: (values: ArrayLike<number>) => ArrayLike<number>;
}

/** Returns the attributes that both operators share. */
function geometry(problem: ConvProblem): Single["node"]["attributes"] {
  return {
    kernel_shape: axes(problem, problem.kernel),
    strides: axes(problem, problem.stride),
    dilations: axes(problem, problem.dilation),
    pads: pads(problem),
    group: problem.groups,
  };
}

function forwardModel(task: Task): Single {
  const { problem } = task;
  const [x, w] = [operand(task, "x"), operand(task, "w")];
  const input = { name: "x", shape: x.shape };
  const weights = { name: "w", shape: w.shape, values: w.values as Float32Array<ArrayBuffer> };
  return {
    node: {
      operation: "Conv",
      inputs: [input, weights],
      outputs: [{ name: "result", shape: tensorShape(problem, "y") }],
      attributes: geometry(problem),
    },
    fed: [{ value: input, operand: x }],
  };
}

function transposedModel(task: Task): Single {
  const { problem } = task;
  const [dy, w] = [operand(task, "dy"), operand(task, "w")];
  const input = { name: "dy", shape: dy.shape };
  const weights = { name: "w", shape: w.shape, values: w.values as Float32Array<ArrayBuffer> };
  const extra = outputPadding(problem);
  return {
    node: {
      operation: "ConvTranspose",
      inputs: [input, weights],
      outputs: [{ name: "result", shape: tensorShape(problem, "x") }],
      attributes: {
        ...geometry(problem),
        ...(extra.some((cells) => cells > 0) && { output_padding: extra }),
      },
    },
    fed: [{ value: input, operand: dy }],
  };
}

/** See `weightsAreConvolved`: stride and dilation swap. */
function weightsModel(task: Task): Single {
  const { problem } = task;
  const { C, K } = problem;
  const [x, dy] = [operand(task, "x"), operand(task, "dy")];
  const [input, output] = [axes(problem, problem.input), axes(problem, problem.output)];
  const values = [
    { name: "x", shape: [C, 1, ...input] },
    { name: "dy", shape: [K, 1, ...output] },
  ] as const;
  const shape = [C, K, ...axes(problem, problem.kernel)];
  return {
    node: {
      operation: "Conv",
      inputs: values,
      outputs: [{ name: "result", shape }],
      attributes: {
        kernel_shape: output,
        strides: axes(problem, problem.dilation),
        dilations: axes(problem, problem.stride),
        pads: pads(problem),
      },
    },
    fed: [
      { value: values[0], operand: x },
      { value: values[1], operand: dy },
    ],
    turn: (result) => permute(result, shape, [1, 0, 2, 3]),
  };
}

async function prepare(ort: Ort, task: Task): Promise<Runner> {
  const models = { forward: forwardModel, "backward-data": transposedModel, "backward-weights": weightsModel };
  const { node, fed, turn } = models[task.problem.pass](task);
  const run = await runModel(
    ort,
    { nodes: [node], outputs: node.outputs },
    fed.map(({ value, operand: given }) => ({ value, values: given.values as Float32Array<ArrayBuffer> })),
  );
  return {
    ...run,
    async read() {
      const { result } = await run.read();
      return turn ? turn(result!) : result!;
    },
  };
}

export const onnx: Peer = {
  package: "onnxruntime-web",

  supports,

  async open(files): Promise<PeerEngine> {
    const ort = await import("onnxruntime-web/webgpu");
    ort.env.wasm.wasmPaths = `${files}/onnxruntime-web/dist/`;
    ort.env.wasm.numThreads = 1; // nothing is computed there
    ort.env.logLevel = "error";
    return { device: null, prepare: (task) => prepare(ort, task), operations: onnxOperations(ort) };
  },
};
