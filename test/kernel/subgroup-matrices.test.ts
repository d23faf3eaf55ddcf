// The kernels that multiply by subgroup matrices, compiled by Tint: those that the shared problems get on devices of every size of subgroups, with every
// configuration of matrices that a variant is for. A run compiles some, drawn by its seed; CONVOKE_SUITE=all compiles all. Dawn's null backend has the draft feature, but no configurations, and checks none.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { halfError } from "../../src/algorithms/gemm/halves.ts";
import { matrixTiles } from "../../src/algorithms/gemm/subgroup-matrices.ts";
import { tile } from "../../src/algorithms/gemm/workgroup.ts";
import { algorithmsWith } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits, type SubgroupMatrix } from "../../src/algorithms/traits.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Plan, Step } from "../../src/kernel/step.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { candidatesOf, stepsOf } from "../suite/candidates.ts";
import { type Compiler, createCompiler } from "../suite/compiler.ts";
import { identityOf, kindOf } from "../suite/planned.ts";
import { problems } from "../suite/problems.ts";
import { drawPart } from "../suite/selection.ts";

const MATRICES: readonly SubgroupMatrix[] = [
  { type: "f32", M: 8, N: 8, K: 8 },
  { type: "f16", M: 16, N: 16, K: 16 },
  { type: "f16", M: 8, N: 16, K: 16 },
];

function deviceWith(lanes: number): DeviceTraits {
  const subgroupMatrices = { lanes, chosen: true, matrices: MATRICES };
  return { ...DEFAULT_TRAITS, ...CLASSES.nvidia, gpu: "nvidia", f16: true, subgroupMatrices };
}

const withMatrices = algorithmsWith(matrixTiles({ tile, halfError })).filter(
  ({ name }) => name === "pointwise" || name === "implicit-gemm",
);

const { parts, seed } = inject("draw");

/** The parts of the problems, and of their kernels, of which a run takes one for each size of subgroups. */
const PARTS = parts === 1 ? { problems: 1, kernels: 1 } : { problems: 5, kernels: 3 };

/** The plans by subgroup matrices for the shared problems of a turn, each in a dtype and pass. */
function plansFor(device: DeviceTraits, turn: number): Plan[] {
  const own = problems.filter((_, at) => (at + turn) % PARTS.problems === 0);
  return own.flatMap(({ descriptor, passes }, at) => {
    const problem = convProblem(passes[at % passes.length]!, { ...descriptor, dtype: at % 2 === 0 ? "f32" : "f16" });
    return withMatrices.flatMap((algorithm) =>
      candidatesOf(algorithm, problem, device)
        .filter(({ variant }) => variant.includes("-matrices-"))
        .map((candidate) => candidate.plan()),
    );
  });
}

/** A step of each kind of kernel with subgroup matrices; kinds differ by element type here. */
function kernelsOf(plans: readonly Plan[]): Step[] {
  const steps = plans.flatMap(stepsOf).filter(({ kernel }) => "MATRIX_M" in kernel.constants);
  return [
    ...new Map(
      steps.map((step) => {
        const { MATRIX_M, SIDE_M } = step.kernel.constants;
        return [JSON.stringify([kindOf(step.kernel), step.kernel.aliases, MATRIX_M, SIDE_M]), step];
      }),
    ).values(),
  ];
}

describe("kernels with subgroup matrices", () => {
  let compiler: Compiler;
  beforeAll(async () => {
    compiler = await createCompiler([
      "chromium-experimental-subgroup-matrix",
      "shader-f16",
      "subgroups",
      "subgroup-size-control",
    ]);
  });
  afterAll(() => compiler.destroy());

  it.each([8, 16, 32, 64, 128])("compile for subgroups of %i", async (lanes) => {
    const all = kernelsOf(plansFor(deviceWith(lanes), Math.log2(lanes) + seed));
    const kernels = drawPart(all, PARTS.kernels, { parts, seed }, ({ kernel }) => identityOf(kernel));
    console.info(`subgroups of ${lanes}: ${kernels.length} of ${all.length} kernels (seed ${seed})`);
    expect(kernels.length).toBeGreaterThan(5);
    for (const step of kernels) {
      const error = await compiler.errorOf(step);
      expect(error, assemble(step.kernel).slice(0, 400)).toBeUndefined();
      expect(assemble(step.kernel)).toContain(`@subgroup_size(${lanes})`);
    }
  });
});
