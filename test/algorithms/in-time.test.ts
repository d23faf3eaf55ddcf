// No dispatch of any candidate takes longer than a fifth of a second by estimate, on adapters of every class, however large the problem. Each
// problem is planned for two of the devices, in turn, from the seed of the run on; for all with CONVOKE_SUITE=all.
import { expect, inject, it } from "vitest";
import { MAX_SECONDS, estimate } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { algorithms as portable } from "../../src/algorithms/index.ts";
import { rank } from "../../src/planner/choose.ts";
import { type ConvDescriptor, PASSES, convProblem } from "../../src/problem/problem.ts";
import { DEVICES } from "../suite/adapters.ts";
import { stepsOf } from "../suite/candidates.ts";
import { inLayout } from "../suite/layouts.ts";

const LARGE: Record<string, ConvDescriptor> = {
  "a batch of large maps": { inputShape: [32, 64, 224, 224], kernelShape: [64, 64, 3, 3], padding: 1 },
  "maps of 512 x 512": { inputShape: [16, 64, 512, 512], kernelShape: [64, 64, 3, 3], padding: 1 },
  "the first layer of 64 images": { inputShape: [64, 3, 512, 512], kernelShape: [64, 3, 7, 7], padding: 3, stride: 2 },
  "one huge map": { inputShape: [1, 32, 1024, 1024], kernelShape: [64, 32, 5, 5], padding: 2 },
  "a long signal": { inputShape: [1, 16, 500_000], kernelShape: [32, 16, 129], padding: 64 },
  "long dilated signals": { inputShape: [8, 64, 200_000], kernelShape: [64, 64, 9], padding: "same", dilation: 4 },
  points: { inputShape: [16, 256, 56, 56], kernelShape: [256, 256, 1, 1] },
  "many channels": { inputShape: [16, 1024, 64, 64], kernelShape: [1024, 1024, 3, 3], padding: 1 },
  depthwise: { inputShape: [32, 128, 512, 512], kernelShape: [128, 1, 3, 3], padding: 1, groups: 128 },
  "a depthwise signal of long kernels": {
    ...{ inputShape: [1, 2, 100_000], kernelShape: [2, 1, 30_001], groups: 2, padding: "same" },
  },
  grouped: { inputShape: [16, 128, 256, 256], kernelShape: [128, 4, 3, 3], padding: 1, groups: 32 },
  volumes: { inputShape: [2, 32, 64, 128, 128], kernelShape: [32, 32, 3, 3, 3], padding: 1 },
  "strided volumes": { inputShape: [4, 16, 64, 128, 128], kernelShape: [32, 16, 3, 3, 3], padding: 1, stride: 2 },
  "phases of a stride": { inputShape: [16, 64, 256, 256], kernelShape: [64, 64, 4, 4], padding: 1, stride: 2 },
  "nine sums of 10^8 terms": { inputShape: [64, 1, 1250, 1250], kernelShape: [1, 1, 3, 3], padding: 1 },
  "10^8 terms in few threads": { inputShape: [64, 16, 1250, 1250], kernelShape: [16, 16, 5, 5], padding: 1 },
};

const { parts, seed } = inject("draw");
const DEVICES_EACH = parts === 1 ? DEVICES.length : 2;

const CASES = Object.keys(LARGE).flatMap((name) => PASSES.map((pass) => [name, pass] as const));

it.each(CASES.map((one, at) => [...one, at] as const))("%s, %s: in parts that are short", (name, pass, at) => {
  const layout = (seed + at) % 2 === 0 ? "channels-first" : "channels-last";
  const problem = convProblem(pass, inLayout(LARGE[name]!, layout));
  const found: string[] = [];
  for (let turn = 0; turn < DEVICES_EACH; turn++) {
    const { traits } = DEVICES[(seed + at * DEVICES_EACH + turn) % DEVICES.length]!;
    const device = { ...traits, maxBindingBytes: 2 ** 31 };
    const { ranked } = rank(traits.software ? portable : algorithms, lower(problem, device), {});
    for (const [rankOf, { algorithm, candidate, seconds }] of ranked.entries()) {
      const what = `${algorithm} ${candidate.variant} on ${device.gpu}, ${layout}`;
      const longest = Math.max(...candidate.work.map((one) => estimate([one], device.rates)));
      // What takes minutes has as many dispatches as there may be.
      const least = seconds / device.maxDispatches;
      if (longest > Math.max(MAX_SECONDS, 8 * least)) found.push(`${what}: ${longest} of ${seconds} seconds`);
      if (rankOf > 1) continue;
      const count = stepsOf(candidate.plan()).length;
      if (count !== candidate.dispatches) found.push(`${what}: ${count} steps, ${candidate.dispatches} said`);
    }
  }
  expect(found).toEqual([]);
});
