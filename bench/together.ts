// Times plans beside each other. Plans of the same algorithm and variant are one plan, whatever they were asked for by, and have one measurement.
import type { ConvBuffers, ConvInputs, ConvPlan, Tensor } from "../src/index.ts";
import { type Calls, timeCallsTogether } from "./calls.ts";
import { type Recorder, type Stopwatch, type Timing, timeTogether } from "./stopwatch.ts";

/** What a plan computes by. */
export interface Method {
  readonly algorithm: string;
  readonly variant: string;
}

/** Returns what is measured for each, in order: the same object for those of one method. */
export async function oncePerMethod<T extends Method, R>(
  all: readonly T[],
  measure: (distinct: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const keys = all.map(({ algorithm, variant }) => JSON.stringify([algorithm, variant]));
  const firsts = keys.map((key) => keys.indexOf(key));
  const distinct = [...new Set(firsts)];
  const measured = await measure(distinct.map((at) => all[at]!));
  return firsts.map((first) => measured[distinct.indexOf(first)]!);
}

/** Plans of the same work, each of which has run before, and what to run them on. */
export interface PlansToTime {
  readonly device: GPUDevice;
  readonly stopwatch: Stopwatch;
  readonly plans: readonly ConvPlan[];
  /** The inputs of all plans, and the result that they write. */
  readonly buffers: ConvBuffers;
  readonly samples: number;
  /** Stops between two samples. */
  readonly signal?: AbortSignal;
}

export async function timePlans({
  device,
  stopwatch,
  plans,
  buffers,
  samples,
  signal,
}: PlansToTime): Promise<Timing[]> {
  // One workspace for all: a large one for each might be more memory than there is.
  const size = Math.max(4, ...plans.map(({ workspaceBytes }) => workspaceBytes));
  const workspace = device.createBuffer({ label: "workspace of timed plans", size, usage: GPUBufferUsage.STORAGE });
  const given = { ...buffers, workspace };
  const recorderOf =
    (plan: ConvPlan): Recorder =>
    (encoder, count) => {
      signal?.throwIfAborted();
      for (let turn = 0; turn < count; turn++) plan.encode(encoder, given);
    };
  try {
    return await oncePerMethod(plans, (distinct) =>
      timeTogether(
        distinct.map((plan) => stopwatch.sampler(recorderOf(plan))),
        samples,
      ),
    );
  } finally {
    workspace.destroy();
  }
}

/** Plans of the same work whose calls to time. */
export interface CallsToTime extends Pick<PlansToTime, "device" | "plans" | "samples" | "signal"> {
  readonly inputs: ConvInputs;
}

/** Times calls of plans that each make a new result and free the previous one, as a peer's calls do. */
export async function timeCallsOfPlans({ device, plans, inputs, samples, signal }: CallsToTime): Promise<Timing[]> {
  let last: Tensor | undefined;
  const callsOf = (plan: ConvPlan): Calls => ({
    run() {
      signal?.throwIfAborted();
      last?.destroy();
      last = plan.run(inputs);
    },
    sync: () => device.queue.onSubmittedWorkDone(),
  });
  try {
    return await oncePerMethod(plans, (distinct) => timeCallsTogether(distinct.map(callsOf), samples));
  } finally {
    last?.destroy();
  }
}
