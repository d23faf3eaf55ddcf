// Of a canvas that WebGPU draws on: with SwiftShader, Chromium shows nothing there.
import { expect, it } from "vitest";
import { fromImage, toCanvas } from "../../src/image/index.ts";
import { createEngine } from "../../src/index.ts";
import { canvasOf, picture } from "./sources.ts";

it("copies to the texture of a canvas whose context is webgpu", async () => {
  using engine = await createEngine({ tuning: "forget" });
  const image = picture(5, 4);
  for (let at = 0; at < 20; at++) image.data[4 * at + 3] = 255 - 5 * at;
  const x = fromImage(engine, image, { channels: 4 });
  const canvas = new OffscreenCanvas(1, 1);
  canvas.getContext("webgpu");
  await toCanvas(x, canvas);
  const shown = canvasOf(new OffscreenCanvas(1, 1), new ImageData(5, 4));
  shown.getContext("2d")!.drawImage(canvas, 0, 0);
  const { data } = shown.getContext("2d")!.getImageData(0, 0, 5, 4);
  data.forEach((byte, at) =>
    expect(Math.abs(byte - image.data[at]!), `${at}`).toBeLessThanOrEqual(at % 4 === 3 ? 0 : 2),
  );
});
