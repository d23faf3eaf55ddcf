// Where `npm run bench` computes, in a page or in Node: creates the engine; computes, checks and times one layer by one algorithm, or one other
// operation, each time it is asked. benchmark.ts asks and prints.
import { answer } from "../scripts/harness/answer.ts";
import { bytesMoved } from "../src/conv/buffers.ts";
import { distance, errorLimit } from "../src/conv/find.ts";
import { type ConvInputs, type ConvPlan, ConvError, type Engine, type Tensor, createEngine } from "../src/index.ts";
import { type ConvDescriptor, type ConvProblem, multiplyAdds, tensorShape } from "../src/problem/problem.ts";
import { type Calls, timeCalls } from "./calls.ts";
import { type Operand, type GroundTruth, groundTruth } from "./ground-truth.ts";
import { problemOf } from "./layer.ts";
import { operandsOf } from "./operands.ts";
import { measureCallRates, measureOperation } from "./operate.ts";
import type { Bench, Closed, Opened, Order, Result, Work } from "./protocol.ts";
import { measureRoofline } from "./roofline.ts";
import { Stopwatch } from "./stopwatch.ts";

/** The current work. */
interface Prepared {
  readonly work: Work;
  readonly problem: ConvProblem;
  /** As the engine plans it: for a transposed convolution, that of the convolution whose adjoint it is. */
  readonly descriptor: ConvDescriptor;
  readonly inputs: ConvInputs;
  readonly operands: readonly Operand[];
  /** Computed after the first run, so that it does not warm that up. */
  groundTruth?: GroundTruth;
}

let engine: Engine;
let judge: Engine;
let stopwatch: Stopwatch;
let prepared: Prepared | undefined;
let pipelines = 0;
const trouble: string[] = [];

async function makeEngine(): Promise<Engine> {
  const made = await createEngine({ tuning: "forget" });
  made.device.addEventListener("uncapturederror", (event) => trouble.push(event.error.message));
  void made.lost.then(({ message }) => trouble.push(message));
  return made;
}

/** Counts the pipelines that the device compiles from now on. */
function countPipelines(device: GPUDevice): void {
  for (const name of ["createComputePipeline", "createComputePipelineAsync"] as const) {
    const compile = device[name].bind(device) as (descriptor: GPUComputePipelineDescriptor) => never;
    device[name] = (descriptor) => {
      pipelines++;
      return compile(descriptor);
    };
  }
}

async function open(): Promise<Opened> {
  engine = await makeEngine();
  judge = await makeEngine();
  stopwatch = new Stopwatch(engine.device);
  // On the second device: only the memory and pipelines of the first are counted.
  const roofline = await measureRoofline(judge);
  countPipelines(engine.device);
  const { adapter, features, limits } = engine.info;
  return { adapter, features, limits, roofline, userAgent: globalThis.navigator?.userAgent ?? "Node" };
}

function release(): void {
  for (const tensor of Object.values(prepared?.inputs ?? {})) tensor.destroy();
  prepared = undefined;
}

async function prepare(work: Work): Promise<null> {
  release();
  const { layout, dtype } = work.descriptor;
  const problem = problemOf(work.pass, work.descriptor);
  const descriptor = { ...work.descriptor, inputShape: tensorShape(problem, "x") };
  const inputs: ConvInputs = {};
  const operands: Operand[] = [];
  prepared = { work, problem, descriptor, inputs, operands };
  for (const { name, shape, values } of operandsOf(problem)) {
    const tensor = engine.tensor(values, shape, { layout, dtype });
    inputs[name] = tensor;
    // Reading back gives half-precision values as rounded.
    operands.push({ name, shape, values: await tensor.read() });
  }
  return null;
}

async function run(order: Order): Promise<Result[]> {
  if (!prepared) throw new Error("nothing is prepared");
  return order.algorithm === "find" ? search(prepared) : [await measure(prepared, order)];
}

function counts(problem: ConvProblem): Pick<Result, "flops" | "bytes"> {
  return { flops: 2 * multiplyAdds(problem), bytes: bytesMoved(problem) };
}

async function search({ problem, descriptor }: Prepared): Promise<Result[]> {
  const found = await engine.find(problem.pass, descriptor);
  return found.map((one) => ({ ...counts(problem), ...one }));
}

async function measure(work: Prepared, order: Order): Promise<Result> {
  const { algorithm } = order;
  const start = performance.now();
  let plan: ConvPlan;
  try {
    plan = await engine.plan(work.problem.pass, work.descriptor, { algorithm });
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== "unsupported") throw error;
    return { ...counts(work.problem), algorithm, variant: "", refused: error.message };
  }
  const planMilliseconds = performance.now() - start;
  try {
    return { ...(await runPlan(work, plan, start, order)), planMilliseconds };
  } finally {
    plan.destroy();
    // Drops the weights that the plan prepacked.
    work.inputs.w?.updated();
  }
}

/** Times calls that each make a new result and free the previous one, as a peer's calls do. */
async function callTimes(
  { inputs }: Prepared,
  plan: ConvPlan,
  samples: number,
): Promise<Pick<Result, "callMilliseconds" | "callSamples">> {
  let last: Tensor | undefined;
  const calls: Calls = {
    run() {
      last?.destroy();
      last = plan.run(inputs);
    },
    sync: () => engine.device.queue.onSubmittedWorkDone(),
  };
  try {
    const timing = await timeCalls(calls, samples);
    return {
      callMilliseconds: timing.seconds * 1e3,
      callSamples: timing.samples.map((seconds) => seconds * 1e3),
    };
  } finally {
    last?.destroy();
  }
}

async function runPlan(work: Prepared, plan: ConvPlan, start: number, { samples, calls }: Order): Promise<Result> {
  const { problem, inputs, operands } = work;
  const { algorithm, variant, flops, bytes, workspaceBytes, preparedBytes } = plan;
  const result = plan.run(inputs);
  try {
    await engine.device.queue.onSubmittedWorkDone();
    const firstMilliseconds = performance.now() - start;
    const values = await result.read();
    work.groundTruth ??= await groundTruth(judge, work.work.pass, work.work.descriptor, problem, operands);
    const { expected, largest, against } = work.groundTruth;
    const check = { error: distance(values, expected), bound: errorLimit(problem, plan.errorGrowth, largest), against };
    const buffers = { ...inputs, [plan.resultName]: result };
    const timing = await stopwatch.time((encoder, count) => {
      for (let turn = 0; turn < count; turn++) plan.encode(encoder, buffers);
    }, samples);
    return {
      ...{ algorithm, variant, flops, bytes, workspaceBytes, preparedBytes, firstMilliseconds, check },
      milliseconds: timing.seconds * 1e3,
      samples: timing.samples.map((seconds) => seconds * 1e3),
      ...(calls && (await callTimes(work, plan, samples))),
    };
  } finally {
    result.destroy();
  }
}

async function close(): Promise<Closed> {
  release();
  // GPU errors arrive only once the queue has reached them.
  await engine.device.queue.onSubmittedWorkDone();
  const { tensors, weights, peak } = engine.memory;
  if (tensors + weights > 0) trouble.push(`${tensors + weights} bytes of GPU memory were not freed`);
  const reported = [...trouble]; // what closing the devices adds is no trouble
  engine.destroy();
  judge.destroy();
  return { trouble: reported, pipelines, peakBytes: peak };
}

export const bench: Bench = {
  open: () => answer(open),
  prepare: (work) => answer(() => prepare(work)),
  run: (order) => answer(() => run(order)),
  // Measured on the second device, as the roofline is.
  rates: () => answer(() => measureCallRates(judge)),
  operate: (order) => answer(() => measureOperation(engine, order)),
  // Loaded with the first model: the other suites need none of it.
  model: (order) => answer(async () => (await import("./models/convoke.ts")).runModel(order)),
  close: () => answer(close),
};
