// What calibration allocates for adapters of each class, without one: more than their caches hold, no more than a device may bind.
import { expect, it } from "vitest";
import { GpuContext } from "../../src/gpu/context.ts";
import { calibrate } from "../../src/planner/calibrate.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { GPU_CLASSES } from "../suite/adapters.ts";
import { fakeDevice } from "../suite/fake-device.ts";

it.each(GPU_CLASSES.filter((gpu) => gpu !== "software"))("reads more than the last cache of %s holds", async (gpu) => {
  const { device, live } = fakeDevice();
  Object.assign(device.queue, { onSubmittedWorkDone: () => Promise.resolve() });
  const sizes: number[] = [];
  const create = device.createBuffer.bind(device);
  Object.assign(device, {
    createBuffer(descriptor: GPUBufferDescriptor) {
      sizes.push(descriptor.size);
      return create(descriptor);
    },
  });
  const context = new GpuContext(device);
  const rates = await calibrate(context, CLASSES[gpu]);
  expect(Math.max(...sizes)).toBeGreaterThanOrEqual(4 * CLASSES[gpu].cacheBytes);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(device.limits.maxStorageBufferBindingSize);
  for (const name of ["multiplyAdds", "loads", "bytes", "traffic", "dispatch", "threads"] as const)
    expect(rates[name], name).toBeGreaterThan(0);
  expect(rates.traffic).toBeGreaterThanOrEqual(rates.bytes);
  expect(live.size).toBe(0);
});
