// Writes a melody without and with a room around it, in Node, with Dawn from the package `webgpu`: `npm run build`, then
// `node examples/reverb/index.mjs [dry.wav]`, which leaves dry.wav and wet.wav in out/.
// Without a GPU, point the Vulkan loader at a software driver, for example Chromium's:
//   VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json node examples/reverb/index.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createEngine } from "convoke";
import { create } from "webgpu";
import { reverb } from "./reverb.mjs";
import { RATE, fromWav, melody, room, toWav } from "./sound.mjs";

// Dawn lives as long as this reference to it.
const gpu = create([]);
const engine = await createEngine({ gpu });

const [file] = process.argv.slice(2);
const dry = file === undefined ? [melody(5)] : fromWav(readFileSync(file));
const hall = room(2);
let wet = await reverb(engine, dry, hall); // compiles
const start = performance.now();
wet = await reverb(engine, dry, hall);
const seconds = (performance.now() - start) / 1000;

mkdirSync("out", { recursive: true });
writeFileSync("out/dry.wav", toWav(dry));
writeFileSync("out/wet.wav", toWav(wet));
console.log(
  `${(dry[0].length / RATE).toFixed(1)} s of sound in a room of 2 s, in ${(1000 * seconds).toFixed(0)} ms: ${(dry[0].length / RATE / seconds).toFixed(0)} seconds of sound a second. out/dry.wav, out/wet.wav`,
);
engine.destroy();
