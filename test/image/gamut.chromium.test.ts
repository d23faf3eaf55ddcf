// Of a wide gamut: Firefox has no ImageData in another colour space than sRGB.
import { expect, it } from "vitest";
import { fromImage } from "../../src/image/index.ts";
import { createEngine } from "../../src/index.ts";

it("converts a wide gamut to sRGB", async () => {
  using engine = await createEngine({ tuning: "forget" });
  const image = new ImageData(2, 1, { colorSpace: "display-p3" });
  image.data.set([128, 128, 128, 255, 0, 200, 0, 255]);
  const values = await fromImage(engine, image, { scale: 255 }).read();
  // Greys are alike in both; this green lies outside of sRGB, so red becomes 0 and green more.
  expect([values[0], values[2], values[4]]).toEqual([128, 128, 128]);
  expect(values[3]).toBeGreaterThan(200);
});
