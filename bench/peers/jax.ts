// jax-js (@jax-js/jax): traced functions, compiled to WGSL. Arrays are reference-counted: a function consumes its arguments, and `ref` adds a
// reference.
import type { Array as JaxArray } from "@jax-js/jax";
import type { ConvProblem } from "../../src/problem/problem.ts";
import { type Peer, type PeerEngine, type Runner, type Task, operand } from "./adapter.ts";
import { axes } from "./geometry.ts";
import { jaxOperations } from "./jax-operations.ts";
import { jaxTrainer } from "./training-jax.ts";

type Jax = typeof import("@jax-js/jax");
type Compute = (a: JaxArray, b: JaxArray) => JaxArray;

/** Returns the forward convolution of a problem. */
function convolution(jax: Jax, problem: ConvProblem): Compute {
  const ends = axes(problem, problem.padEnd);
  const pads = axes(problem, problem.padBegin).map((begin, axis): [number, number] => [begin, ends[axis]!]);
  return (x, w) =>
    jax.lax.convGeneralDilated(x, w, axes(problem, problem.stride), pads, {
      rhsDilation: axes(problem, problem.dilation),
      featureGroupCount: problem.groups,
    });
}

/** The gradient of a linear function, the same at every point: the pullback at zeros. */
function pullback(jax: Jax, compute: (at: JaxArray) => JaxArray, shape: number[], dy: JaxArray): JaxArray {
  const [y, pull] = jax.vjp(compute, [jax.numpy.zeros(shape)]);
  y.dispose();
  const [gradient] = pull(dy);
  return gradient;
}

/** Returns a task as a function of its operands, in their order. */
function functionOf(jax: Jax, { pass, problem }: Task): Compute {
  const { N, C, K, groups } = problem;
  const compute = convolution(jax, problem);
  if (pass === "transposed" && groups === 1) {
    const begin = axes(problem, problem.padBegin);
    const ends = axes(problem, problem.padEnd);
    const pads = begin.map((pad, axis): [number, number] => [pad, ends[axis]!]);
    return (x, w) =>
      jax.lax.convTranspose(x, w, axes(problem, problem.stride), pads, {
        rhsDilation: axes(problem, problem.dilation),
        transposeKernel: true,
      });
  }
  if (problem.pass === "backward-data") {
    const shape = [N, C, ...axes(problem, problem.input)];
    return (dy, w) => pullback(jax, (x) => compute(x, w), shape, dy);
  }
  if (problem.pass === "backward-weights") {
    const shape = [K, C / groups, ...axes(problem, problem.kernel)];
    return (x, dy) => pullback(jax, (w) => compute(x, w), shape, dy);
  }
  return compute;
}

async function prepare(jax: Jax, device: GPUDevice, task: Task): Promise<Runner> {
  const names = { forward: ["x", "w"], "backward-data": ["dy", "w"], "backward-weights": ["x", "dy"] } as const;
  const operands = names[task.problem.pass].map((name) => operand(task, name));
  const [a, b] = operands.map(({ values, shape }) => jax.numpy.array(values, { shape: [...shape] }));
  await jax.blockUntilReady([a!, b!]);
  const compute = jax.jit(functionOf(jax, task));
  let last: JaxArray | undefined;
  return {
    async run() {
      last?.dispose();
      last = compute(a!.ref, b!.ref);
      // Evaluation is lazy: this submits the work.
      await last.ref.gpuBuffer();
    },
    sync: () => device.queue.onSubmittedWorkDone(),
    read: () => last!.ref.data(),
    dispose() {
      for (const array of [last, a, b]) array?.dispose();
      compute.dispose();
    },
  };
}

export const jax: Peer = {
  package: "@jax-js/jax",

  supports: () => true,

  async open(): Promise<PeerEngine> {
    const engine = await import("@jax-js/jax");
    const devices = await engine.init("webgpu");
    if (!devices.includes("webgpu")) throw new Error("jax-js finds no WebGPU here");
    engine.defaultDevice("webgpu");
    const device = engine.getWebGPUDevice();
    return {
      device,
      prepare: (task) => prepare(engine, device, task),
      operations: jaxOperations(engine, device),
      train: (network) => jaxTrainer(engine, device, network),
    };
  },
};
