// Every plan of the shared problems keeps to the limits of compatibility mode, the least that WebGPU offers.
import { expect, it } from "vitest";
import { DEFAULT_TRAITS } from "../src/algorithms/algorithm.ts";
import { algorithms } from "../src/algorithms/index.ts";
import type { Kernel, Step } from "../src/plan.ts";
import { type Pass, PASSES, convProblem } from "../src/problem.ts";
import { COMPATIBILITY } from "./compatibility.ts";
import { problems } from "./suite/problems.ts";
import { SOFTWARE_TRAITS } from "./traits.ts";

/** The default of maxStorageBuffersPerShaderStage. */
const STORAGE_BUFFERS = 8;

/** A violation in words, or nothing. */
function violation({ kernel, bindings, uniforms, workgroups }: Step): string | undefined {
  const invocations = sizeOf(kernel);
  if (!(invocations <= COMPATIBILITY.maxComputeInvocationsPerWorkgroup)) return `${invocations} invocations`;
  if (bindings.length > STORAGE_BUFFERS) return `${bindings.length} storage buffers`;
  if (uniforms.length * 4 > COMPATIBILITY.maxUniformBufferBindingSize) return `${uniforms.length} uniforms`;
  if (workgroups.some((count) => !(count >= 1 && count <= 65_535))) return `a grid of ${workgroups.join(" x ")}`;
  return undefined;
}

const sizeOf = ({ constants }: Kernel): number => Number(constants["WORKGROUP_SIZE"]);

const traits = [DEFAULT_TRAITS, SOFTWARE_TRAITS].map((one) => ({
  ...one,
  maxWorkgroupInvocations: COMPATIBILITY.maxComputeInvocationsPerWorkgroup,
}));

it.each<Pass>(PASSES)("plans of the %s pass keep to the limits of compatibility mode", (pass) => {
  const violations: string[] = [];
  let steps = 0;
  for (const { name, descriptor, passes } of problems) {
    if (!passes.includes(pass)) continue;
    const problem = convProblem(pass, descriptor);
    for (const gpu of traits) {
      for (const algorithm of algorithms) {
        if (algorithm.supports(problem, gpu) !== true) continue;
        for (const variant of algorithm.variants(problem, gpu)) {
          const plan = algorithm.plan(problem, gpu, variant);
          for (const step of [...plan.steps, ...(plan.preparation?.steps ?? [])]) {
            steps++;
            const found = violation(step);
            if (found) violations.push(`${name} by ${algorithm.name} ${variant.name}: ${found}`);
          }
        }
      }
    }
  }
  expect(violations).toEqual([]);
  expect(steps).toBeGreaterThan(1000);
});
