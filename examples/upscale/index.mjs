// Makes a photo twice as large in Node, by a neural network, with Dawn from the package `webgpu`: `npm run build` and
// `npm ci --prefix examples/upscale`, then `node examples/upscale photo.png`, which writes photo-2x.png beside it.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/upscale photo.png
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createEngine } from "convoke";
import { PNG } from "pngjs";
import { create } from "webgpu";
import { upscale } from "./upscale.mjs";

const [photo] = process.argv.slice(2);
if (!photo) {
  console.error("usage: node examples/upscale photo.png");
  process.exit(1);
}
const models = path.join(import.meta.dirname, "node_modules", "@upscalerjs", "default-model", "models");

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });
const start = performance.now();
const { width, height, data } = await upscale(engine, PNG.sync.read(await readFile(photo)), {
  network: (file) => readFile(path.join(models, file)),
  progress: ({ done, total }) => console.log(`tile ${done} of ${total}`),
});
const { dir, name } = path.parse(photo);
const file = path.join(dir, `${name}-2x.png`);
await writeFile(file, PNG.sync.write({ width, height, data: Buffer.from(data.buffer) }));
const seconds = (performance.now() - start) / 1000;
console.log(`${file}: ${width} x ${height}, ${seconds.toFixed(1)} s on ${engine.info.adapter.description}`);
engine.destroy();
