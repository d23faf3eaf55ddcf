// The first page: a photo, and beside it what the visitor's GPU makes of it as soon as the page is there.
import { conv } from "convoke";
import { fromImage, toCanvas } from "convoke/image";
import { byId } from "./common/dom.ts";
import { adapterName, pageEngine } from "./common/engine.ts";
import { number } from "./common/format.ts";
import chelsea from "./common/images/chelsea-small.jpg";
import { loadPhoto } from "./common/photos.ts";

/** Light from the upper left. The cells add up to 1, so that areas of one colour keep it. */
const EMBOSS = [-2, -1, 0, -1, 1, 1, 0, 1, 2];

const COLOURS = 3;

async function emboss(canvas: HTMLCanvasElement): Promise<string> {
  const start = performance.now();
  const [engine, photo] = await Promise.all([pageEngine(), loadPhoto(chelsea, "The photo")]);
  using x = fromImage(engine, photo);
  const w = engine.tensor(Array.from({ length: COLOURS }, () => EMBOSS).flat(), [COLOURS, 1, 3, 3]);
  try {
    using y = conv(x, w, { padding: "same", paddingMode: "replicate", groups: COLOURS });
    await toCanvas(y, canvas);
  } finally {
    w.destroy();
  }
  return `${adapterName(engine.info)}, ${number((performance.now() - start) / 1000)} s after the page asked for it`;
}

const figure = byId("live");
const told = byId("live-told");
try {
  told.textContent = `Embossed by one 3x3 convolution on your GPU, ${await emboss(byId("live-canvas", HTMLCanvasElement))}.`;
  figure.dataset["state"] = "computed";
} catch {
  // The pages that need a GPU say what to do without one.
  told.textContent =
    "With WebGPU, half of this photo would be embossed on your GPU by now. The other pages say how to get it.";
}
