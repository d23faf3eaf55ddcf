// LiteRT.js (@litertjs/core), which runs TensorFlow Lite models on WebGPU: a model of one operator, channels-last, in float32. Weights are
// constants of the model, as in applications.
import { type ConvProblem, tensorShape } from "../../src/problem/problem.ts";
import type { BenchPass } from "../layer.ts";
import { type Peer, type PeerEngine, type Runner, type Task, operand } from "./adapter.ts";
import { axes, isDepthwise, isPlanar, isSame, isUnpadded, plane } from "./geometry.ts";
import { padMap, permute, toChannelsFirst, toChannelsLast } from "./layouts.ts";
import { type LiteModel, type LiteOption, liteModel } from "./tflite.ts";

type LiteRt = typeof import("@litertjs/core");
type LiteRtTensor = import("@litertjs/core").Tensor;
type Builder = import("flatbuffers").Builder;
type Four = [number, number, number, number];

/** The BuiltinOperator, its BuiltinOptions, and the fields of the dilation in those, height last. */
const CONVOLUTION = { operator: 3, optionsType: 1, dilationField: 4 };
const DEPTHWISE = { operator: 4, optionsType: 2, dilationField: 5 };
const TRANSPOSED = { operator: 67, optionsType: 49 };
const MULTIPLIER_FIELD = 3; // of a depthwise convolution

const SAME = 0; // Padding
const VALID = 1;

/** Returns the padding of a transposed convolution in its terms, or undefined if it has none to match. */
function transposedPadding(problem: ConvProblem): number | undefined {
  const [map, given] = [plane(problem, problem.input), plane(problem, problem.output)];
  const [stride, kernel] = [plane(problem, problem.stride), plane(problem, problem.kernel)];
  const [begin, end] = [plane(problem, problem.padBegin), plane(problem, problem.padEnd)];
  const fits = (size: (axis: number) => number): boolean => [0, 1].every((axis) => map[axis] === size(axis));
  if (isUnpadded(problem))
    return fits((axis) => (given[axis]! - 1) * stride[axis]! + kernel[axis]!) ? VALID : undefined;
  const same = fits((axis) => given[axis]! * stride[axis]!);
  // "Same" puts an odd cell at the end.
  const even = [0, 1].every((axis) => begin[axis] === end[axis] && kernel[axis] === 2 * begin[axis]! + stride[axis]!);
  return same && even ? SAME : undefined;
}

function supports(problem: ConvProblem, pass: BenchPass): true | string {
  if (!isPlanar(problem)) return "it has 2-D convolutions alone";
  if (pass === "backward-data" || pass === "backward-weights") return "it has no gradients";
  if (pass === "forward") return true;
  if (problem.groups > 1) return "its transposed convolution has no groups";
  if (problem.dilation.some((size) => size > 1)) return "its transposed convolution has no dilation";
  return transposedPadding(problem) === undefined ? "its transposed convolution has no such padding" : true;
}

/** The options that all three operators start with. */
function options(problem: ConvProblem, padding: number): LiteOption[] {
  const [strideHeight, strideWidth] = plane(problem, problem.stride);
  return [
    { field: 0, value: padding, usual: SAME, byte: true },
    { field: 1, value: strideWidth, usual: 0 },
    { field: 2, value: strideHeight, usual: 0 },
  ];
}

/** A model, its input values, and their shape. */
interface Prepared {
  readonly model: LiteModel;
  readonly input: Float32Array;
  readonly shape: Four;
}

function transposedModel(task: Task): Prepared {
  const { problem } = task;
  const [given, w] = [operand(task, "dy"), operand(task, "w")];
  const [N, C, height, width] = tensorShape(problem, "x") as Four;
  const [, K, ...map] = given.shape as Four;
  const shape: Four = [N, map[0], map[1], K];
  const output: Four = [N, height, width, C];
  return {
    input: toChannelsLast(given.values, given.shape),
    shape,
    model: {
      operator: TRANSPOSED.operator,
      optionsType: TRANSPOSED.optionsType,
      options: options(problem, transposedPadding(problem)!),
      tensors: [
        { name: "output shape", shape: [4], values: Int32Array.from(output) },
        {
          name: "w",
          shape: [C, ...axes(problem, problem.kernel), K],
          values: permute(w.values, w.shape, [1, 2, 3, 0]),
        },
        { name: "x", shape },
        { name: "y", shape: output },
      ],
      inputs: [0, 1, 2],
      fed: [2],
      output: 3,
    },
  };
}

function forwardModel(task: Task): Prepared {
  const { problem } = task;
  const { C, K, groups } = problem;
  const [x, w] = [operand(task, "x"), operand(task, "w")];
  const [N, , ...map] = x.shape as Four;
  let [input, shape] = [toChannelsLast(x.values, x.shape), [N, map[0], map[1], C] as Four];
  const same = isSame(problem);
  // It only pads by "same", which is not symmetric at a stride: such a map is padded beforehand, untimed.
  if (!same && !isUnpadded(problem)) {
    const padded = padMap(input, shape, plane(problem, problem.padBegin), plane(problem, problem.padEnd));
    input = padded.values;
    shape = padded.shape;
  }
  const depthwise = isDepthwise(problem);
  const kind = depthwise ? DEPTHWISE : CONVOLUTION;
  const [kernelHeight, kernelWidth] = plane(problem, problem.kernel);
  const [dilationHeight, dilationWidth] = plane(problem, problem.dilation);
  const [, , height, width] = tensorShape(problem, "y") as Four;
  return {
    input,
    shape,
    model: {
      ...kind,
      options: [
        ...options(problem, same && !isUnpadded(problem) ? SAME : VALID),
        ...(depthwise ? [{ field: MULTIPLIER_FIELD, value: K / C, usual: 0 }] : []),
        { field: kind.dilationField, value: dilationWidth, usual: 1 },
        { field: kind.dilationField + 1, value: dilationHeight, usual: 1 },
      ],
      tensors: [
        { name: "x", shape },
        depthwise
          ? { name: "w", shape: [1, kernelHeight, kernelWidth, K], values: permute(w.values, w.shape, [1, 2, 3, 0]) }
          : { name: "w", shape: [K, kernelHeight, kernelWidth, C / groups], values: toChannelsLast(w.values, w.shape) },
        { name: "bias", shape: [K], values: new Float32Array(K) },
        { name: "y", shape: [N, height, width, K] },
      ],
      inputs: [0, 1, 2],
      fed: [0],
      output: 3,
    },
  };
}

async function prepare(litert: LiteRt, builder: Builder, device: GPUDevice, task: Task): Promise<Runner> {
  const { pass, problem } = task;
  const { model, input, shape } = pass === "transposed" ? transposedModel(task) : forwardModel(task);
  const compiled = await litert.loadAndCompile(liteModel(builder, model), {
    accelerator: "webgpu",
    gpuOptions: { precision: "fp32" },
  });
  const given = await new litert.Tensor(input, shape).moveTo("webgpu");
  let last: LiteRtTensor[] = [];
  const free = (): void => {
    for (const tensor of last) tensor.delete();
    last = [];
  };
  return {
    async run() {
      free();
      last = await compiled.run([given]);
    },
    sync: () => device.queue.onSubmittedWorkDone(),
    async read() {
      const copy = await last[0]!.copyTo("wasm");
      try {
        return toChannelsFirst(copy.toTypedArray(), tensorShape(problem, pass === "transposed" ? "x" : "y"));
      } finally {
        copy.delete();
      }
    },
    dispose() {
      free();
      given.delete();
      compiled.delete();
    },
  };
}

export const litert: Peer = {
  package: "@litertjs/core",

  supports,

  async open(files): Promise<PeerEngine> {
    const [engine, { Builder }] = await Promise.all([import("@litertjs/core"), import("flatbuffers")]);
    await engine.loadLiteRt(`${files}/@litertjs/core/wasm/`);
    const device = engine.getWebGpuDevice();
    if (!device) throw new Error("LiteRT.js finds no WebGPU here");
    return { device, prepare: (task) => prepare(engine, new Builder(), device, task) };
  },
};
