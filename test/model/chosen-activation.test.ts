// The kernels that the convolutions of a model share, whatever their activations.
import { expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/index.ts";
import { kernelKey } from "../../src/kernel/kernel-key.ts";
import type { Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { withChosenActivation } from "../../src/model/chosen-activation.ts";
import type { ActivationOption } from "../../src/problem/activation.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const direct = algorithms.find(({ name }) => name === "direct")!;

const stepOf = (activation?: ActivationOption): Step => {
  const problem = convProblem("forward", {
    inputShape: [1, 3, 9, 9],
    kernelShape: [4, 3, 3, 3],
    ...(activation && { activation }),
  });
  return candidatesOf(direct, problem, SOFTWARE_TRAITS)[0]!.plan().steps.at(-1)!;
};

it("is one kernel for the activations that a uniform chooses among, which are told apart", () => {
  const steps = ([undefined, "relu", "relu6", "hard-swish"] as const).map(stepOf);
  const keysOf = (list: readonly Step[]): Set<string> => new Set(list.map(({ kernel }) => kernelKey(kernel)));
  expect(keysOf(steps).size).toBe(4);
  const shared = steps.map(withChosenActivation);
  expect(keysOf(shared).size).toBe(1);
  const bytes = shared.map(({ kernel, uniforms }) =>
    new Uint8Array(uniformBytes(kernel.shaders, kernel.constants, uniforms)).join(),
  );
  expect(new Set(bytes).size).toBe(4);
});

it("leaves other activations alone", () => {
  const step = stepOf({ name: "leaky-relu", slope: 0.1 });
  expect(withChosenActivation(step)).toBe(step);
});
