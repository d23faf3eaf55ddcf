// Compiles a graph: records its calls, plans them, compiles their kernels in parallel and prepares what is constant. Waits between the parts, so
// that the page stays alive and a signal can stop it.
import type { DeviceTraits } from "../algorithms/traits.ts";
import { PlanCache } from "../conv/plan-cache.ts";
import type { GpuContext } from "../gpu/context.ts";
import type { RecordedPlan } from "../gpu/recorder.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { kernelsOf } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";
import { Kernels, choosePlan, modelPlan } from "./choose-plan.ts";
import { CompiledGraph, segmentsOf, submitsOf } from "./compiled.ts";
import { explainGraph } from "./explain.ts";
import type { Graph } from "./graph.ts";
import { inPlace } from "./in-place.ts";
import { naming } from "./naming.ts";
import { operators } from "./operators.ts";
import { Pace, type Waiting } from "./pace.ts";
import { optimising, passesFor } from "./passes/index.ts";
import { Placement } from "./placement.ts";
import { type RecordedCall, recordGraph } from "./recording.ts";
import type { SharedWeights } from "./shared-weights.ts";
import { type PlannedCall, neededCalls, tasksOf } from "./tasks.ts";

/** Plans a call beside those whose kernels are used. */
function planOf(call: RecordedCall, device: DeviceTraits, used: Kernels): RecordedPlan {
  const planned = call.plan();
  if (!planned.choice) return modelPlan(planned, device);
  const { choice, plan } = choosePlan(planned.choice as Choice, device, used);
  return { ...plan, choice };
}

/**
 * Compiles a graph.
 * @param graphOf makes the graph, before its passes
 * @param shared the weights of other graphs of its model
 * @throws ConvError with the node's name if the device cannot compute it; `out-of-memory`; `destroyed` if the engine is; the signal's reason; the error of
 * the import if passes that the graph needs cannot be loaded
 */
export async function compileGraph(
  gpu: GpuContext,
  graphOf: () => Graph,
  shared: SharedWeights,
  waiting: Waiting,
): Promise<CompiledGraph> {
  gpu.memory.checkOpen();
  const planner = gpu.attached(PlanCache);
  const pace = new Pace(gpu, waiting);
  const read = graphOf();
  const graph = await pace.through(optimising(read, await passesFor(read)));
  for (const { dtype } of graph.inputs) planner.checkDtype(dtype);
  const recording = await pace.through(recordGraph(gpu, operators, graph));
  const calls = neededCalls(recording);
  // Each call is planned, and its kernels are compiled; then memory is prepared.
  const total = 2 * calls.length + 1;
  const device = planner.traits();
  const used = new Kernels();
  const planned: PlannedCall[] = [];
  const plans = new Map<string, PlannedCall["planned"]>();
  for (const call of calls) {
    await pace.to(planned.length, total);
    const key = call.key();
    const plan = plans.get(key) ?? naming(call.node, () => planOf(call, device, used));
    plans.set(key, plan);
    used.add(kernelsOf(plan));
    planned.push({ ...call, planned: plan });
  }
  const returned = new Set([...recording.outputs.values()].map(({ cell }) => cell));
  const { setup, main: all } = tasksOf(planned, returned, device.rates);
  const callers = new Set([...recording.inputs.values(), ...returned]);
  const { tasks: main, parts } = inPlace(all, (cell) => callers.has(cell));
  const tasks = { setup, main, parts };
  const placement = new Placement(gpu, recording, tasks, shared);
  const segments = segmentsOf(tasks.main, placement);
  const steps = [...tasks.setup, ...segments].flatMap((one) => one.steps);
  const kernels = [...new Map(steps.map(({ kernel }) => [kernelKey(kernel), kernel])).values()];
  await pace.wait();
  const compiling: Promise<unknown>[] = [];
  for (const kernel of kernels) {
    const one = gpu.pipelines.prepare(kernel);
    // A failure is reported where it is awaited, if ever.
    one.catch(() => undefined);
    compiling.push(one);
    await pace.wait();
  }
  for (const [at, one] of compiling.entries()) {
    await one;
    await pace.to(calls.length + Math.floor((calls.length * (at + 1)) / compiling.length), total);
  }
  const explanation = explainGraph(tasks, placement.memory, submitsOf(segments));
  let compiled: CompiledGraph | undefined;
  try {
    await placement.setUp(tasks.setup, () => pace.wait());
    compiled = new CompiledGraph(gpu, recording, { segments, explanation }, placement);
    await gpu.errors.settle();
    await pace.to(total, total);
    return compiled;
  } catch (error) {
    if (compiled) compiled.destroy();
    else placement.destroy();
    throw error;
  }
}
