// The tiles that `direct` offers GPUs, by their registers.
import { expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { DEVICES } from "../suite/adapters.ts";
import { candidatesOf } from "../suite/candidates.ts";

const direct = algorithms.find(({ name }) => name === "direct")!;
const problem = convProblem("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1 });

it.each([
  ["amd", "p8k8"],
  ["intel in subgroups of 8", "p4k4"],
  ["intel", "p2k4"],
  ["mobile", "p4k4"],
])("offers %s a tile that its registers hold: %s", (name, variant) => {
  const { traits } = DEVICES.find((device) => device.name === name)!;
  expect(candidatesOf(direct, problem, traits).map((one) => one.variant)).toContain(variant);
});
