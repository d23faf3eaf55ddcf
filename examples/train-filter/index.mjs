// Learns a hidden 5x5 filter in Node, with Dawn from the package `webgpu`: `npm run build`, then `node examples/train-filter/index.mjs`.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/train-filter/index.mjs
import { createEngine } from "convoke";
import { create } from "webgpu";
import { HIDDEN, train } from "./train.mjs";

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });

const { kernel, bias } = await train(engine, {
  report: (step, loss) => console.log(`step ${String(step).padStart(4)}  loss ${loss.toExponential(3)}`),
});

const row = (values) => values.map((value) => value.toFixed(4).padStart(8)).join("");
console.log("\nhidden filter                             found");
kernel.forEach((values, at) => console.log(`${row(HIDDEN.kernel[at])}  ${row(values)}`));
console.log(`\nhidden bias ${HIDDEN.bias}, found ${bias.toFixed(4)}`);
engine.destroy();
