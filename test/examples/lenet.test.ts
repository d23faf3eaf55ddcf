// The digits of the LeNet example: those it draws, and those it reads from files.
import { describe, expect, it } from "vitest";
import { CLASSES, SIDE, drawDigits } from "../../examples/lenet/drawings.mjs";
import { readDigits, readIdx } from "../../examples/lenet/idx.mjs";

describe("drawings", () => {
  it("are the same for the same seed, others for another, and each digit as often", () => {
    const { images, labels, count } = drawDigits(40, 7);
    expect(count).toBe(40);
    expect(images.length).toBe(40 * SIDE * SIDE);
    expect(drawDigits(40, 7)).toEqual({ images, labels, count });
    expect(drawDigits(40, 8).images).not.toEqual(images);
    for (let digit = 0; digit < CLASSES; digit++) expect(labels.filter((label) => label === digit).length).toBe(4);
  });

  it("are ink on paper: from 0 to 1, most of it paper, no two alike", () => {
    const { images, labels, count } = drawDigits(100, 3);
    const seen = new Set<string>();
    for (let at = 0; at < count; at++) {
      const image = images.subarray(at * SIDE * SIDE, (at + 1) * SIDE * SIDE);
      expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...image)).toBeLessThanOrEqual(1);
      const ink = image.filter((value) => value > 0.4).length;
      expect(ink, `digit ${labels[at]}`).toBeGreaterThan(20);
      expect(ink).toBeLessThan((SIDE * SIDE) / 2);
      seen.add(image.join());
    }
    expect(seen.size).toBe(count);
  });
});

/** The bytes of an IDX file. */
function idx(type: number, shape: readonly number[], elements: readonly number[]): Uint8Array {
  return Uint8Array.from([
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((size) => [0, 0, size >> 8, size & 255]),
    ...elements,
  ]);
}

describe("IDX files", () => {
  it("are read by their type and shape", () => {
    expect(readIdx(idx(0x08, [2, 3], [1, 2, 3, 4, 5, 255]))).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 255),
    });
    expect(readIdx(idx(0x09, [1], [255])).data).toEqual(Float32Array.of(-1));
    expect(readIdx(idx(0x0b, [1], [1, 0])).data).toEqual(Float32Array.of(256));
    expect(readIdx(idx(0x0d, [1], [0x3f, 0x80, 0, 0]).buffer as ArrayBuffer).data).toEqual(Float32Array.of(1));
  });

  it("give digits as the drawings are", () => {
    const pixels = Array.from({ length: 2 * SIDE * SIDE }, (_, at) => at % 256);
    const { images, labels, count } = readDigits(idx(0x08, [2, SIDE, SIDE], pixels), idx(0x08, [2], [7, 3]));
    expect([count, ...labels]).toEqual([2, 7, 3]);
    expect(images[51]).toBeCloseTo(0.2);
  });

  it.each([
    ["no IDX file", Uint8Array.of(1, 2, 3, 4)],
    ["compressed", Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ["unknown type 7", idx(7, [1], [0])],
    ["ends in its header", Uint8Array.of(0, 0, 8, 2, 0, 0)],
    ["11 bytes, and 12 for", idx(0x08, [4], [1, 2, 3])],
  ])("are refused: %s", (reason, bytes) => {
    expect(() => readIdx(bytes)).toThrow(reason);
  });

  it("are refused where images and labels do not fit", () => {
    const labels = idx(0x08, [1], [7]);
    expect(() => readDigits(idx(0x08, [1, 2, 2], [1, 2, 3, 4]), labels)).toThrow("[1, 2, 2]");
    const images = idx(
      0x08,
      [2, SIDE, SIDE],
      Array.from({ length: 2 * SIDE * SIDE }, () => 0),
    );
    expect(() => readDigits(images, labels)).toThrow("2 images");
  });
});
