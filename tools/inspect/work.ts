// What to inspect: problems, the traits to plan them with, and the kernels of their candidates.
import { type BenchPass, describeLayer, descriptorOf, problemOf } from "../../bench/layer.ts";
import { rowsOf } from "../../bench/options.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import type { OpenedDevice } from "../../src/gpu/device.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import { kernelKey } from "../../src/kernel/kernel-key.ts";
import { labelOf } from "../../src/kernel/shader.ts";
import { type Plan, type Step, WORKGROUP_SIZE } from "../../src/kernel/step.ts";
import { type Ranked, rank } from "../../src/planner/choose.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf as assumedOf } from "../../src/planner/gpu-classes.ts";
import { type ConvProblem, convProblem } from "../../src/problem/problem.ts";
import { adapterOf } from "../../test/suite/adapters.ts";
import { problems } from "../../test/suite/problems.ts";
import { type Options, SHARED_SUITE } from "./options.ts";

/** A problem under the name that the report has for it. */
export interface Work {
  readonly name: string;
  readonly problem: ConvProblem;
  /** What a layer's peers are to compute. */
  readonly pass?: BenchPass;
}

/** Lists the problems that the options ask for. */
export function workOf(options: Options): Work[] {
  const { suite, batches, layout, dtype } = options;
  if (suite === SHARED_SUITE)
    return problems.flatMap(({ name, descriptor, passes }) =>
      passes.map((pass) => ({ name: `${pass}: ${name}`, problem: convProblem(pass, { ...descriptor, dtype }) })),
    );
  return rowsOf(options).flatMap(({ layer, pass }) =>
    batches.map((batch) => ({
      name: `${layer.id} ${describeLayer(layer)}${pass === "forward" ? "" : ` ${pass}`}, batch ${batch}`,
      pass,
      problem: problemOf(pass, descriptorOf(layer, pass, { batch, layout, dtype })),
    })),
  );
}

/** The traits that an engine would plan with on a device, or with its adapter said to be of another class. */
export function traitsOf({ device, adapterInfo }: OpenedDevice, { gpu }: Pick<Options, "gpu">): DeviceTraits {
  const { vendor, architecture, description } = adapterInfo;
  const own = { vendor, architecture, description, isFallback: false };
  return deviceTraits(device, assumedOf(gpu ? adapterOf(gpu) : own), DEFAULT_TRAITS.maxWorkspaceBytes);
}

/** Ranks the candidates that the options allow, as "auto" does: the fastest by estimate first. */
export function candidatesOf(problem: ConvProblem, traits: DeviceTraits, { algorithm, variant }: Options): Ranked[] {
  return rank(algorithms, lower(problem, traits), { algorithm, ...(variant !== undefined && { variant }) }).ranked;
}

/** A kernel of a plan, with all dispatches of it. */
export interface PlannedKernel {
  /** The name of the shader that it runs. */
  readonly name: string;
  readonly code: string;
  readonly dispatches: number;
  readonly threads: number;
  /** Whether it prepacks weights, which happens once for each weight tensor. */
  readonly prepares: boolean;
}

function kernelsIn(steps: readonly Step[], prepares: boolean): PlannedKernel[] {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const key = kernelKey(step.kernel);
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].map((same) => ({
    name: labelOf(same[0]!.kernel.shaders).replace(/^.*\//, ""),
    code: assemble(same[0]!.kernel),
    dispatches: same.length,
    threads: same.reduce((sum, { workgroups: [x, y, z] }) => sum + x * y * z * WORKGROUP_SIZE, 0),
    prepares,
  }));
}

/** The kernels of a plan, each once, in the order of their first dispatch. */
export function kernelsOf({ preparation, steps }: Plan): PlannedKernel[] {
  return [...kernelsIn(preparation?.steps ?? [], true), ...kernelsIn(steps, false)];
}
