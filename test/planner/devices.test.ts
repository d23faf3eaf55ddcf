// The devices that the suites plan for (test/suite/adapters.ts), and that planning for all of them at once leaves out nothing.
import { expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { DEVICES, GPU_CLASSES, adapterOf } from "../suite/adapters.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { differentKernels, planForAll } from "../suite/planned.ts";

it("has an adapter of every class, by which it is recognised", () => {
  expect(GPU_CLASSES.map((gpu) => traitsOf(adapterOf(gpu)).gpu)).toEqual(GPU_CLASSES);
});

it.each(algorithms.map((one) => [one.name, one] as const))("%s: all kernels that any device gets", (_, algorithm) => {
  const problem = convProblem("forward", { inputShape: [1, 32, 12, 12], kernelShape: [64, 32, 3, 3], padding: 1 });
  const planned = planForAll(algorithm, problem, DEVICES);
  const each = DEVICES.flatMap(({ traits }) => candidatesOf(algorithm, problem, traits).map((one) => one.plan()));
  const kernels = (plans: typeof each): string[] => [...differentKernels(plans).keys()].toSorted();
  expect(kernels(planned.map(({ plan }) => plan))).toEqual(kernels(each));
  expect(planned.length).toBeLessThanOrEqual(each.length);
});
