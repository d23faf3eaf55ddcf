// Compiles a graph: records its calls, plans them, compiles their kernels in parallel and prepares what is constant. Waits between the parts, so
// that the page stays alive and a signal can stop it.
import { PlanCache } from "../conv/plan-cache.ts";
import type { GpuContext } from "../gpu/context.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { CompiledGraph } from "./compiled.ts";
import type { Graph } from "./graph.ts";
import { operators } from "./operators.ts";
import { Pace, type Waiting } from "./pace.ts";
import { Placement } from "./placement.ts";
import { naming, recordGraph } from "./recording.ts";
import { type PlannedCall, neededCalls, tasksOf } from "./tasks.ts";

/** A compilation whose failure is reported when it is awaited, which may be never. */
function compiling(started: Promise<void>): Promise<void> {
  started.catch(() => undefined);
  return started;
}

/**
 * Compiles a graph.
 * @throws ConvError with the node's name if the device cannot compute it; `out-of-memory`; `destroyed` if the engine is; the signal's reason
 */
export async function compileGraph(gpu: GpuContext, graph: Graph, waiting: Waiting): Promise<CompiledGraph> {
  const recording = recordGraph(gpu, operators, graph);
  const calls = neededCalls(recording);
  // Each call is planned, and its kernels are compiled; then memory is prepared.
  const pace = new Pace(gpu, waiting, 2 * calls.length + 1);
  const planned: PlannedCall[] = [];
  const plans = new Map<string, PlannedCall["planned"]>();
  const kernels = new Map<string, Promise<void>>();
  for (const call of calls) {
    await pace.step();
    const key = call.key();
    const plan = plans.get(key) ?? naming(call.node, () => call.plan());
    plans.set(key, plan);
    planned.push({ ...call, planned: plan });
    for (const { kernel } of [...(plan.preparation?.steps ?? []), ...plan.steps]) {
      const name = kernelKey(kernel);
      if (!kernels.has(name)) kernels.set(name, compiling(gpu.pipelines.prepare(kernel)));
    }
  }
  for (const call of planned) {
    const { preparation, steps } = call.planned;
    for (const { kernel } of [...(preparation?.steps ?? []), ...steps]) await kernels.get(kernelKey(kernel));
    await pace.step();
  }
  const returned = new Set([...recording.outputs.values()].map(({ cell }) => cell));
  const tasks = tasksOf(planned, returned, gpu.attached(PlanCache).traits().rates);
  const placement = new Placement(gpu);
  let compiled: CompiledGraph | undefined;
  try {
    placement.place(recording, tasks);
    await placement.setUp(tasks.setup, () => pace.wait());
    compiled = new CompiledGraph(gpu, recording, tasks, placement);
    await gpu.errors.settle();
    await pace.step();
    return compiled;
  } catch (error) {
    if (compiled) compiled.destroy();
    else placement.destroy();
    throw error;
  }
}
