// What `engine.plan`, `find` and `calibrate` do. Loaded when one of them is first called, in one file: it is a fifth of a bundle, and eager
// calls have no need of it.
import type { Rates } from "../algorithms/cost.ts";
import { lower } from "../algorithms/gradients.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { kernelsOf } from "../kernel/step.ts";
import { calibrate as measureRates } from "../planner/calibrate.ts";
import { type Constraints, rank } from "../planner/choose.ts";
import { type ConvDescriptor, type ConvProblem, convProblem } from "../problem/problem.ts";
import { ConvPlan } from "./conv-plan.ts";
import type { FindOptions, Found } from "./find-options.ts";
import { find as measure, measurementsOf } from "./find.ts";
import type { PlanCache } from "./plan-cache.ts";
import type { Workbench } from "./workbench.ts";

/** Makes a plan for the caller to own, compiled without blocking the page. */
export async function plan(
  plans: PlanCache,
  problem: ConvProblem,
  constraints: Constraints,
  signal?: AbortSignal,
): Promise<ConvPlan> {
  const { choice, plan: planned } = plans.decide(lower, problem, constraints);
  signal?.throwIfAborted();
  await Promise.all(kernelsOf(planned).map((kernel) => plans.gpu.pipelines.prepare(kernel)));
  signal?.throwIfAborted();
  return new ConvPlan(plans.gpu, problem, choice, planned);
}

/** Measures the rates of the adapter, which estimates use from then on. The plans of eager calls are chosen again. */
export async function calibrate(plans: PlanCache, signal?: AbortSignal): Promise<Rates> {
  const rates = await measured(plans, () => measureRates(plans.gpu, plans.platform.traits, signal), signal);
  await plans.tuning.addCalibration(rates);
  plans.destroy();
  return rates;
}

/**
 * Measures the candidates of a problem, on tensors that `tensor` makes; "auto" ranks by the results from then on.
 * @param descriptor that of the problem, which does not change during the search
 */
export async function find(
  plans: PlanCache,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  { progress, signal, ...constraints }: FindOptions,
  tensor: (data: ArrayLike<number>, shape: readonly number[]) => Tensor,
): Promise<Found[]> {
  plans.decide(lower, problem, constraints);
  signal?.throwIfAborted();
  // Candidates are measured in the order of their estimates: the better the estimates, the sooner slow candidates are dropped.
  if (!plans.tuning.rates) await calibrate(plans, signal);
  const workbench: Workbench = {
    device: plans.gpu.device,
    plan: (pass, of, named) => plan(plans, convProblem(pass, of), named),
    tensor,
    ranked: (within = constraints) =>
      rank(plans.platform.algorithms, lower(problem, plans.traits(within)), within).ranked,
    rates: plans.traits().rates,
    check: (cause) => plans.gpu.check(cause),
  };
  const search = (): Promise<Found[]> => measure(workbench, problem, descriptor, constraints, { progress, signal });
  const found = await measured(plans, search, signal);
  await plans.tuning.add(problem, constraints, measurementsOf(found));
  plans.forget(problem, constraints);
  return found;
}

/** Runs a measurement. If the device was lost or the engine destroyed meanwhile, rejects with that instead of the result or the failure. */
async function measured<T>({ gpu }: PlanCache, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    const result = await work();
    await gpu.check();
    return result;
  } catch (cause) {
    if (!signal?.aborted) await gpu.check(cause);
    throw cause;
  }
}
