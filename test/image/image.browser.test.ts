import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImageSource, fromImage, toCanvas, toImageData } from "../../src/image/index.ts";
import { type Engine, type Tensor, createEngine } from "../../src/index.ts";
import { resize } from "../../src/ops/index.ts";
import { SOURCES, canvasOf, picture, pngOf, turnedJpeg } from "./sources.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

/** Nothing may stay allocated, but for what a later call reuses. */
async function valuesOf(tensor: Tensor): Promise<Float32Array> {
  try {
    return await tensor.read();
  } finally {
    tensor.destroy();
    expect(engine.memory.tensors).toBe(0);
  }
}

/** The channels of a picture, one after the other. */
function planesOf({ data, width, height }: ImageData, channels: number): number[] {
  const pixels = width * height;
  return Array.from({ length: channels * pixels }, (_, at) => data[4 * (at % pixels) + Math.floor(at / pixels)]!);
}

async function refusal(call: () => unknown): Promise<{ code?: string; message: string }> {
  try {
    await call();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("nothing was thrown");
}

describe("fromImage", () => {
  for (const [name, make] of Object.entries(SOURCES))
    it.each([
      [7, 5],
      [65, 3],
      [1, 1],
    ])(`takes the bytes of ${name} of %i x %i pixels`, async (width, height) => {
      const image = picture(width, height);
      const x = fromImage(engine, await make(image), { scale: 255 });
      expect(x.shape).toEqual([1, 3, height, width]);
      expect([...(await valuesOf(x))]).toEqual(planesOf(image, 3));
    });

  it("takes a frame of a video", async () => {
    const image = new ImageData(64, 32);
    for (let at = 0; at < 64 * 32; at++) image.data.set(at % 64 < 32 ? [220, 30, 30, 255] : [30, 30, 220, 255], 4 * at);
    const canvas = canvasOf(document.createElement("canvas"), image);
    const stream = canvas.captureStream();
    const video = Object.assign(document.createElement("video"), { muted: true, srcObject: stream });
    await video.play();
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    canvas.getContext("2d")!.putImageData(image, 0, 0);
    await shown;
    const values = await valuesOf(fromImage(engine, video, { scale: 255 }));
    for (const track of stream.getTracks()) track.stop();
    // A stream is in YUV, whose rounding, with that of the conversion, is a few levels.
    for (const [x, colour] of [
      [10, [220, 30, 30]],
      [50, [30, 30, 220]],
    ] as const)
      colour.forEach((level, channel) => {
        const value = values[(channel * 32 + 16) * 64 + x]!;
        expect(Math.abs(value - level), `channel ${channel} at ${x}: ${value}`).toBeLessThanOrEqual(16);
      });
  });

  it("computes (byte / 255 * scale - mean) / std in both layouts", async () => {
    const image = picture(9, 4);
    const [mean, std] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ];
    const wanted = planesOf(image, 3).map(
      (byte, at) => (byte / 255 - mean[Math.floor(at / 36)]!) / std[Math.floor(at / 36)]!,
    );
    const first = await valuesOf(fromImage(engine, image, { mean, std }));
    const last = await valuesOf(fromImage(engine, image, { mean, std, layout: "channels-last" }));
    // Three roundings of terms below 5.
    wanted.forEach((value, at) => {
      expect(Math.abs(first[at]! - value)).toBeLessThan(3 * 5 * 2 ** -24);
      expect(last[(at % 36) * 3 + Math.floor(at / 36)]).toBe(first[at]);
    });
  });

  it("gives the luminance as one channel, and alpha as the fourth, of colours that are not premultiplied", async () => {
    const image = picture(6, 6);
    for (let at = 0; at < 36; at++) image.data[4 * at + 3] = at * 7;
    const grey = await valuesOf(fromImage(engine, image, { channels: 1, scale: 255 }));
    const [r, g, b] = [0, 36, 72].map((start) => planesOf(image, 3).slice(start, start + 36));
    grey.forEach((value, at) =>
      expect(Math.abs(value - (0.299 * r![at]! + 0.587 * g![at]! + 0.114 * b![at]!))).toBeLessThan(4 * 255 * 2 ** -24),
    );
    expect([...(await valuesOf(fromImage(engine, image, { channels: 4, scale: 255 })))]).toEqual(planesOf(image, 4));
    const bitmap = await createImageBitmap(image, { premultiplyAlpha: "none" });
    const values = await valuesOf(fromImage(engine, bitmap, { channels: 4, scale: 255 }));
    planesOf(image, 4).forEach((byte, at) => {
      const alpha = (at % 36) * 7;
      // Browsers may premultiply bytes on the way: half a level of it is 255 / alpha / 2 of the colour, rounded twice.
      if (alpha > 0) expect(Math.abs(values[at]! - byte), `${at}`).toBeLessThanOrEqual(at < 108 ? 1 + 255 / alpha : 0);
    });
  });

  it("turns a photo as its metadata say", async () => {
    const image = new ImageData(32, 16);
    for (let at = 0; at < 512; at++) image.data.set(at % 32 < 16 ? [240, 16, 16, 255] : [16, 16, 240, 255], 4 * at);
    const x = fromImage(engine, await turnedJpeg(image, 6), { scale: 255 });
    expect(x.shape).toEqual([1, 3, 32, 16]);
    const values = await valuesOf(x);
    const red = (row: number): number => values[row * 16 + 8]!;
    expect(red(4)).toBeGreaterThan(200);
    expect(red(28)).toBeLessThan(60);
  });

  it("resizes as resize does, antialiased", async () => {
    const image = picture(40, 30);
    const whole = fromImage(engine, image);
    const wanted = resize(whole, { outputSize: [7, 11], mode: "linear", antialias: true });
    const x = fromImage(engine, image, { size: [7, 11] });
    expect(x.shape).toEqual([1, 3, 7, 11]);
    const values = await x.read();
    expect(values).toEqual(await wanted.read());
    for (const tensor of [whole, wanted, x]) tensor.destroy();
    expect(engine.memory.tensors).toBe(0);
  });

  it("refuses what is no image, or has no pixels, and names it", async () => {
    const closed = await createImageBitmap(picture(2, 2));
    closed.close();
    const most = engine.device.limits.maxTextureDimension2D;
    const image = picture(2, 2);
    const cases: [string, string, () => unknown][] = [
      ["source", "invalid-argument", () => fromImage(engine, "photo.png" as unknown as ImageSource)],
      ["source", "invalid-argument", () => fromImage(engine, null as unknown as ImageSource)],
      ["source", "invalid-argument", () => fromImage(engine, closed)],
      ["source", "invalid-argument", () => fromImage(engine, new Image())],
      ["source", "invalid-argument", () => fromImage(engine, document.createElement("video"))],
      ["source.data", "shape-mismatch", () => fromImage(engine, { data: new Uint8Array(3), width: 1, height: 1 })],
      ["source.width", "invalid-argument", () => fromImage(engine, { data: new Uint8Array(0), width: 0, height: 1 })],
      ["source", "too-large", () => fromImage(engine, new OffscreenCanvas(most + 1, 1))],
      ["channels", "invalid-argument", () => fromImage(engine, image, { channels: 2 as 1 })],
      ["size", "invalid-argument", () => fromImage(engine, image, { size: [3] as unknown as [number, number] })],
      ["std", "invalid-argument", () => fromImage(engine, image, { std: 0 })],
      ["mean", "shape-mismatch", () => fromImage(engine, image, { mean: [1, 2] })],
      ["options", "unknown-option", () => fromImage(engine, image, { width: 3 } as object)],
    ];
    for (const [argument, code, call] of cases) {
      const error = await refusal(call);
      expect([error.code, error.message.split(":")[0]], error.message).toEqual([code, argument]);
    }
    expect(engine.memory.tensors).toBe(0);
  });
});

describe("toImageData", () => {
  it.each(["channels-first", "channels-last"] as const)("is the inverse of fromImage, %s", async (layout) => {
    const image = picture(13, 6);
    for (let at = 0; at < 13 * 6; at++) image.data[4 * at + 3] = 255 - at;
    for (const options of [{}, { scale: 255 }, { mean: 0.5, std: 0.25 }, { scale: 2, mean: [1, 1, 1, 0] }]) {
      const x = fromImage(engine, image, { ...options, channels: 4, layout });
      expect(await toImageData(x, options)).toEqual(image);
      x.destroy();
    }
    expect(engine.memory.tensors).toBe(0);
  });

  it("rounds, cuts what is beyond the range, makes NaN 0 and one channel grey", async () => {
    const x = engine.tensor([-1, 0.4 / 255, 0.6 / 255, 2, NaN, Infinity, -Infinity, 1], [1, 2, 4]);
    const { data, width, height } = await toImageData(x);
    x.destroy();
    expect([width, height]).toEqual([4, 2]);
    expect([...data]).toEqual([0, 0, 1, 255, 0, 255, 0, 255].flatMap((grey) => [grey, grey, grey, 255]));
  });

  it("refuses other shapes", async () => {
    const x = engine.empty([2, 3, 4, 4]);
    const error = await refusal(() => toImageData(x));
    x.destroy();
    expect([error.code, error.message.split(":")[0]]).toEqual(["shape-mismatch", "tensor.shape"]);
  });
});

describe("toCanvas", () => {
  it("draws on a canvas, which takes the size of the tensor", async () => {
    const image = picture(5, 4);
    const x = fromImage(engine, await pngOf(image));
    const canvas = document.createElement("canvas");
    await toCanvas(x, canvas);
    x.destroy();
    expect(canvas.getContext("2d")!.getImageData(0, 0, 5, 4)).toEqual(image);
    expect(engine.memory.tensors).toBe(0);
  });

  it("refuses what is no canvas, and a canvas of another kind", async () => {
    const x = engine.empty([1, 3, 2, 2]);
    const other = new OffscreenCanvas(2, 2);
    other.getContext("bitmaprenderer");
    for (const canvas of [undefined, {}, other]) {
      const error = await refusal(() => toCanvas(x, canvas as OffscreenCanvas));
      expect([error.code, error.message.split(":")[0]]).toEqual(["invalid-argument", "canvas"]);
    }
    x.destroy();
  });
});
