import { expect, it } from "vitest";
import { createEngine } from "../../src/index.ts";

it("createEngine without WebGPU rejects and says what to do", async () => {
  await expect(createEngine()).rejects.toMatchObject({
    name: "ConvError",
    code: "no-webgpu",
    message: expect.stringContaining("package webgpu"),
  });
});
