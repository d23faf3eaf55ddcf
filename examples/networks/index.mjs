// Runs whole networks in Node, with batch 1 and random weights, with Dawn from the package `webgpu`: `npm run build`, then
// `node examples/networks/index.mjs`, or some by name: `node examples/networks/index.mjs "ResNet-50"`.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/networks/index.mjs
import { createEngine } from "convoke";
import { create } from "webgpu";
import { NETWORKS } from "./networks.mjs";
import { Parts, onEngine } from "./parts.mjs";

const RUNS = 5;

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });
console.log(engine.info.adapter.description);

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(NETWORKS);
for (const name of names) {
  if (!NETWORKS[name])
    throw new Error(`no network is named ${JSON.stringify(name)}; choose from ${Object.keys(NETWORKS).join(", ")}`);
  const { make, side } = NETWORKS[name];
  const parts = new Parts(onEngine(engine));
  const image = engine.tensor(Float32Array.from({ length: 3 * side * side }, Math.random), [1, 3, side, side]);
  const network = make();
  const milliseconds = [];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    const scores = parts.run(network, image);
    await scores.read();
    milliseconds.push(performance.now() - start);
    scores.destroy();
  }
  const [first, ...others] = milliseconds;
  const median = others.toSorted((a, b) => a - b)[RUNS >> 1];
  console.log(
    `${name.padEnd(13)} ${side} x ${side}: the first image ${first.toFixed(0)} ms with weights and compiling, then ${median.toFixed(0)} ms`,
  );
  parts.destroy();
  image.destroy();
}
engine.destroy();
