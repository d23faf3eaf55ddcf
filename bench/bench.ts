// Where `npm run bench` computes, in a page or in Node: creates the engine; computes, checks and times one layer by one algorithm, or one other
// operation, each time it is asked. benchmark.ts asks and prints.
import { answer } from "../scripts/harness/answer.ts";
import { pick } from "../src/base/pick.ts";
import { bytesMoved } from "../src/conv/buffers.ts";
import { distance, errorLimit } from "../src/conv/find.ts";
import {
  type ConvInputs,
  type ConvPlan,
  ConvError,
  type Engine,
  type Tensor,
  conv,
  convBackwardData,
  convBackwardWeights,
  createEngine,
} from "../src/index.ts";
import { loadPlatform } from "../src/planner/platform.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  GEOMETRY_KEYS,
  multiplyAdds,
  tensorShape,
} from "../src/problem/problem.ts";
import { type Operand, type GroundTruth, groundTruth } from "./ground-truth.ts";
import { type Compiled, compiling, timeKernels } from "./kernels.ts";
import { problemOf } from "./layer.ts";
import { operandsOf } from "./operands.ts";
import { measureCallRates, measureOperation } from "./operate.ts";
import type { Bench, Closed, Opened, Order, Result, Work } from "./protocol.ts";
import { measureRoofline } from "./roofline.ts";
import { Stopwatch } from "./stopwatch.ts";
import { timeCallsOfPlans, timePlans } from "./together.ts";

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
    device[name] = (descriptor) => {
      pipelines++;
      // Found with each call, since others record it too (kernels.ts).
      const compile: unknown = Reflect.get(GPUDevice.prototype, name);
      return (compile as (this: GPUDevice, given: GPUComputePipelineDescriptor) => never).call(device, descriptor);
    };
  }
}

async function open(): Promise<Opened> {
  engine = await makeEngine();
  judge = await makeEngine();
  const { adapter, features, limits } = engine.info;
  // A search would calibrate the adapter: its candidates and the planner's choice are to be those of a page that measured nothing.
  const { traits } = await loadPlatform(adapter);
  await engine.tuning.addCalibration(traits.rates);
  stopwatch = new Stopwatch(engine.device);
  // On the second device: only the memory and pipelines of the first are counted.
  const roofline = await measureRoofline(judge);
  countPipelines(engine.device);
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

async function run({ algorithms, ...order }: Order): Promise<readonly Result[]> {
  if (!prepared) throw new Error("nothing is prepared");
  return algorithms[0] === "find" ? search(prepared) : measureAll(prepared, algorithms, order);
}

function counts(problem: ConvProblem): Pick<Result, "flops" | "bytes"> {
  return { flops: 2 * multiplyAdds(problem), bytes: bytesMoved(problem) };
}

async function search({ problem, descriptor }: Prepared): Promise<Result[]> {
  // Before the search, by whose measurements the planner chooses afterwards.
  const plan = await engine.plan(problem.pass, descriptor);
  const { algorithm, variant } = plan;
  plan.destroy();
  const found = await engine.find(problem.pass, descriptor);
  return found.map((one) => ({
    ...counts(problem),
    ...one,
    chosen: one.algorithm === algorithm && one.variant === variant,
  }));
}

/** A plan that has run and whose result is right, and what is known of it before it is timed. */
interface Checked {
  readonly plan: ConvPlan;
  readonly result: Result;
}

/** Measures algorithms beside each other. What fails takes nothing with it. */
async function measureAll(
  work: Prepared,
  algorithms: readonly string[],
  order: Omit<Order, "algorithms">,
): Promise<Result[]> {
  const tried: (Checked | Result)[] = [];
  try {
    for (const algorithm of algorithms) {
      tried.push(
        await firstRun(work, algorithm, order.kernels ?? false).catch((error: unknown): Result => ({
          ...counts(work.problem),
          ...{ algorithm, variant: "", failed: error instanceof Error ? error.message : String(error) },
        })),
      );
    }
    const timed = await time(
      work,
      tried.filter((one): one is Checked => "plan" in one),
      order,
    );
    return tried.map((one) => ("plan" in one ? { ...one.result, ...timed.shift() } : one));
  } finally {
    for (const one of tried) if ("plan" in one) one.plan.destroy();
    // Drops the weights that the plans prepacked.
    work.inputs.w?.updated();
  }
}

/** Calls the pass by an algorithm. */
function call({ problem: { pass }, descriptor, inputs: { x, dy, w } }: Prepared, algorithm: string): Tensor {
  const { inputShape, kernelShape } = descriptor;
  const options = { algorithm, ...pick(descriptor, GEOMETRY_KEYS) };
  if (pass === "forward") return conv(x!, w!, options);
  if (pass === "backward-data") return convBackwardData(dy!, w!, { ...options, inputShape });
  return convBackwardWeights(x!, dy!, { ...options, kernelShape });
}

/** Calls once, then plans, runs the plan and checks it. */
async function firstRun(work: Prepared, algorithm: string, lists: boolean): Promise<Checked | Result> {
  const { problem, inputs, operands } = work;
  let first: Compiled<null>;
  let planned: Compiled<ConvPlan>;
  try {
    first = await compiling(async () => {
      const result = call(work, algorithm);
      await engine.device.queue.onSubmittedWorkDone();
      result.destroy();
      return null;
    });
    planned = await compiling(() => engine.plan(problem.pass, work.descriptor, { algorithm }));
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== "unsupported") throw error;
    return { ...counts(problem), algorithm, variant: "", refused: error.message };
  }
  const plan = planned.value;
  try {
    const result = plan.run(inputs);
    try {
      const values = await result.read();
      work.groundTruth ??= await groundTruth(judge, work.work.pass, work.work.descriptor, problem, operands);
      const { expected, largest, against } = work.groundTruth;
      const bound = errorLimit(problem, plan.errorGrowth, largest);
      const check = { error: distance(values, expected), bound, against };
      const { variant, flops, bytes, workspaceBytes, preparedBytes } = plan;
      const known = { variant, flops, bytes, workspaceBytes, preparedBytes, check };
      const times = { planMilliseconds: planned.milliseconds, firstMilliseconds: first.milliseconds };
      const kernels = lists && {
        first: await timeKernels(judge.device, first.sources),
        plan: await timeKernels(judge.device, planned.sources),
      };
      return { plan, result: { algorithm: plan.algorithm, ...known, ...times, ...(kernels && { kernels }) } };
    } finally {
      result.destroy();
    }
  } catch (error) {
    plan.destroy();
    throw error;
  }
}

/** Times plans, recorded on encoders and, if asked for, by calls. */
async function time(
  work: Prepared,
  checked: readonly Checked[],
  { samples, calls }: Omit<Order, "algorithms">,
): Promise<Partial<Result>[]> {
  if (checked.length === 0) return [];
  const plans = checked.map(({ plan }) => plan);
  const [first] = plans as [ConvPlan];
  const result = first.run(work.inputs);
  const buffers = { ...work.inputs, [first.resultName]: result };
  try {
    const timings = await timePlans({ device: engine.device, stopwatch, plans, buffers, samples });
    const { device } = engine;
    const { inputs } = work;
    const ofCalls = calls ? await timeCallsOfPlans({ device, plans, inputs, samples }) : [];
    return timings.map((timing, at) => ({
      milliseconds: timing.seconds * 1e3,
      samples: inMilliseconds(timing.samples),
      ...(ofCalls[at] && {
        callMilliseconds: ofCalls[at].seconds * 1e3,
        callSamples: inMilliseconds(ofCalls[at].samples),
      }),
    }));
  } finally {
    result.destroy();
  }
}

function inMilliseconds(samples: readonly number[]): number[] {
  return samples.map((seconds) => seconds * 1e3);
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
  train: (order) => answer(async () => (await import("./training/convoke.ts")).runTraining(order)),
  close: () => answer(close),
};
