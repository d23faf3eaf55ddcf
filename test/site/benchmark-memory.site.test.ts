// What the benchmark page leaves on the GPU.
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Site, openSite, visit } from "./site.ts";

/** SwiftShader is slow. */
const LONG = { timeout: 120_000 };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** Counts the buffers of tensors, in use or kept by the engine for the next ones. */
async function countTensors(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const live = new Set<GPUBuffer>();
    const proto = GPUDevice.prototype;
    const create = Reflect.get(proto, "createBuffer");
    proto.createBuffer = function createBuffer(this: GPUDevice, descriptor) {
      const buffer = create.call(this, descriptor);
      if (/^convoke (tensor|y|dx|dw|read|prepared|weights)/.test(descriptor.label ?? "")) live.add(buffer);
      const free = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        live.delete(buffer);
        free();
      };
      return buffer;
    };
    Object.assign(globalThis, { liveTensors: live });
  });
  // The icon of the first visit may still be loading.
  await page.waitForLoadState("networkidle");
  await page.reload();
  return () => page.evaluate(() => (globalThis as unknown as { liveTensors: Set<unknown> }).liveTensors.size);
}

it("frees what it measured with, also when it is stopped", async () => {
  const visited = await visit(site, "benchmark/#layers=L14&algorithms=direct,implicit-gemm");
  const { page } = visited;
  const status = (): Promise<string | null> => page.locator("#run-status").textContent();
  const tensors = await countTensors(page);
  const measureAll = async (): Promise<number> => {
    await page.locator("#run").click();
    await expect.poll(status, LONG).toBe("Done: 2 of 2 measured.");
    return tensors();
  };
  const kept = await measureAll();
  expect(kept).toBeGreaterThan(0);
  await page.locator("#run").click();
  await page.locator("#stop").click();
  await expect.poll(status, LONG).toMatch(/^Stopped/);
  // The engine keeps freed memory: a second run takes what the first freed, and makes nothing unless something was not freed.
  expect(await measureAll()).toBe(kept);
  await page.context().close();
});
