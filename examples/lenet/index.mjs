// Trains LeNet-5 in Node on digits that it draws itself, with Dawn from the package `webgpu`: `npm run build`, then
// `node examples/lenet/index.mjs`, or `node examples/lenet/index.mjs FOLDER` with a folder of the four unpacked MNIST files.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/lenet/index.mjs
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createEngine } from "convoke";
import { create } from "webgpu";
import { drawDigits } from "./drawings.mjs";
import { readDigits } from "./idx.mjs";
import { train } from "./train.mjs";

async function readFolder(folder, name) {
  const files = [`${name}-images-idx3-ubyte`, `${name}-labels-idx1-ubyte`];
  const [images, labels] = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
  return readDigits(images, labels);
}

const [folder] = process.argv.slice(2);
const [digits, heldOut] = folder
  ? await Promise.all([readFolder(folder, "train"), readFolder(folder, "t10k")])
  : [drawDigits(6000, 1), drawDigits(1000, 2)];

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });
console.log(`${digits.count} digits for training, ${heldOut.count} held out; ${engine.info.adapter.description}`);
const start = performance.now();
const { network, accuracy } = await train(engine, digits, heldOut, {
  report: ({ step, steps, loss, accuracy: reached }) =>
    console.log(
      `step ${String(step + 1).padStart(5)} of ${steps}  loss ${loss.toFixed(4)}  held out ${(100 * reached).toFixed(1)} % right`,
    ),
});
console.log(`${(100 * accuracy).toFixed(1)} % right in ${((performance.now() - start) / 1000).toFixed(0)} s`);
network.destroy();
engine.destroy();
