// The shared suite with the kernels of every class of GPUs. Each engine takes this device for a GPU of its class, so it gets the kernels of that class,
// whose results have to be right here too. A run tests the candidates that have a new kind of kernel: one that neither this adapter's own candidates
// nor an earlier candidate has. Kernels are of one kind if they differ in numbers alone. With CONVOKE_SUITE=all every new kernel counts.
import { afterAll, expect, inject, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { Engine } from "../../src/engine.ts";
import { createEngine } from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { hardware } from "../../src/planner/hardware.ts";
import { PASSES, type Pass, convProblem } from "../../src/problem/problem.ts";
import { GPU_CLASSES, type NamedDevice, adapterOf } from "../suite/adapters.ts";
import { stepsOf } from "../suite/candidates.ts";
import { componentwise, exact, isExact, withCase } from "../suite/forms.ts";
import { type Planned, identityOf, kindOf, planForAll } from "../suite/planned.ts";
import type { NamedProblem } from "../suite/problems.ts";
import { isDrawn, selectProblems } from "../suite/selection.ts";

const own = await createEngine();
const { device } = own;

const engines = new Map<string, Engine>(
  GPU_CLASSES.map((gpu) => {
    const { isFallback, ...names } = adapterOf(gpu);
    const adapterInfo = { ...names, isFallbackAdapter: isFallback } as GPUAdapterInfo;
    return [gpu, new Engine({ device, owned: false, adapterInfo }, hardware(adapterOf(gpu)))];
  }),
);
afterAll(() => {
  for (const engine of [...engines.values(), own]) engine.destroy();
});

/** What the engines plan with. The software adapter is the first of the classes. */
const devices: readonly NamedDevice[] = GPU_CLASSES.map((gpu) => ({
  name: gpu,
  traits: deviceTraits(device, traitsOf(adapterOf(gpu)), DEFAULT_TRAITS.maxWorkspaceBytes),
}));

interface Chosen extends Planned {
  readonly algorithm: Algorithm;
  readonly pass: Pass;
  readonly named: NamedProblem;
}

const selection = inject("selection");
const draw = inject("draw");
const everything = draw.parts === 1;

/** The candidates to run: each shows a kernel that nothing before it does. */
function choose(): Chosen[] {
  const seen = new Set<string>();
  const chosen: Chosen[] = [];
  const keyOf = everything ? identityOf : kindOf;
  for (const dtype of DTYPES.filter((type) => type === "f32" || device.features.has("shader-f16"))) {
    for (const pass of PASSES) {
      for (const named of selectProblems(selection, draw, dtype, pass)) {
        for (const algorithm of algorithms) {
          const planned = planForAll(algorithm, convProblem(pass, named.descriptor), devices);
          const keys = planned.map(({ plan }) => stepsOf(plan).map(({ kernel }) => keyOf(kernel)));
          // What this adapter is offered itself is run by algorithms.browser.test.ts.
          for (const [at, one] of planned.entries())
            if (one.device === devices[0]) for (const key of keys[at]!) seen.add(key);
          for (const [at, one] of planned.entries()) {
            if (keys[at]!.every((key) => seen.has(key))) continue;
            for (const key of keys[at]!) seen.add(key);
            chosen.push({ ...one, algorithm, pass, named });
          }
        }
      }
    }
  }
  return chosen;
}

/** The parts into which the candidates are split, of which a run takes one: compiling is most of what they cost, and slow on lavapipe. */
const PARTS = everything ? 1 : selection === "all" ? 4 : 16;

const chosen = choose();
const nameOf = ({ device: { name }, algorithm, pass, named, candidate }: Chosen): string =>
  `${name}: ${algorithm.name} ${pass}: ${named.name} ${named.descriptor.dtype} (${candidate.variant})`;
const drawn = chosen.filter((one) => isDrawn(nameOf(one), { parts: PARTS, seed: draw.seed }));
console.info(`${drawn.length} of ${chosen.length} candidates of GPUs show kernels of their own (seed ${draw.seed})`);

it("has kernels of GPUs to run", () => {
  expect(chosen.length).toBeGreaterThan(10);
});

it.concurrent.each(drawn.map((one) => [nameOf(one), one] as const))(
  "%s",
  async (_, { device: { name }, algorithm, pass, named, candidate }) => {
    await withCase(engines.get(name)!, algorithm, pass, named, candidate, async (test) => {
      await componentwise(test);
      if (candidate.error.exactOnIntegers && isExact(test.problem)) await exact(test);
    });
  },
);
