// Convolves in Node, with Dawn from the package `webgpu`: `npm run build`, then `node examples/node/convolve.mjs`.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/node/convolve.mjs
import { conv, createEngine } from "convoke";
import { create } from "webgpu";

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });
console.log("adapter:", engine.info.adapter.description || engine.info.adapter.vendor);

// A ramp with a step, and a kernel that finds the step.
const signal = engine.tensor([0, 1, 2, 3, 9, 10, 11, 12], [1, 1, 8]);
const difference = engine.tensor([-1, 1], [1, 1, 2]);
const result = conv(signal, difference, { padding: "valid" });
console.log("differences:", [...(await result.read())].join(" "));

// The same layer planned once, with the candidates that were considered.
const plan = await engine.plan("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1 });
console.log(
  `a 3x3 layer of 64 channels: ${(plan.flops / 1e6).toFixed(0)} MFLOP by ${plan.algorithm}\n${plan.explain()}`,
);

plan.destroy();
for (const tensor of [signal, difference, result]) tensor.destroy();
engine.destroy();
