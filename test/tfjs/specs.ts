// Runs specs that TensorFlow.js ships, unmodified, once on its own kernels and once on those of the adapter. Importing it registers both.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { afterAll, expect, vi } from "vitest";
import { declareSpecs } from "./jasmine.ts";

/** The name of the backend that keeps the kernels of TensorFlow.js, on a device of its own. */
export const CONTROL = "control";
/** The name of the backend whose kernels the adapter replaces. */
export const ADAPTED = "webgpu";

tf.copyRegisteredKernels(ADAPTED, CONTROL);
tf.registerBackend(CONTROL, tf.findBackendFactory(ADAPTED));
const { statistics, unregister } = await import("../../src/tfjs/index.ts");

// Each suite begins and ends with a reset, which would compile every kernel again.
const reset = vi.spyOn(tf.engine(), "reset").mockReturnValue();
afterAll(() => {
  reset.mockRestore();
  unregister();
});

/** The specs of a backend: how many ran, in how many the engine computed something, and those of which it passed something on. */
export interface Specs {
  run: number;
  served: number;
  readonly passedOn: string[];
}

export { statistics };

/**
 * Declares the specs that `load` imports, for both backends.
 * @param failing the specs that a backend fails: that they do is asserted
 * @returns what is counted while they run
 */
export async function declareForBoth(
  load: () => Promise<void>,
  failing: Readonly<Record<string, readonly string[]>> = {},
): Promise<Readonly<Record<string, Specs>>> {
  const specs: Record<string, Specs> = {
    [CONTROL]: { run: 0, served: 0, passedOn: [] },
    [ADAPTED]: { run: 0, served: 0, passedOn: [] },
  };
  await declareSpecs(
    async () => {
      const { setTestEnvs } = await import("@tensorflow/tfjs-core/dist/jasmine_util.js");
      const environment = { flags: { WEBGPU_CPU_FORWARD: false }, isDataSync: true };
      setTestEnvs([
        { ...environment, name: "without Convoke", backendName: CONTROL },
        { ...environment, name: "with Convoke", backendName: ADAPTED },
      ]);
      await load();
    },
    async (names, spec) => {
      const backend = tf.getBackend();
      const name = names.at(-1)!;
      const before = statistics();
      if (failing[backend]?.includes(name)) await expect((async () => spec())()).rejects.toThrow("Arrays differ");
      else await spec();
      const counts = specs[backend]!;
      counts.run++;
      let served = 0;
      for (const [kernel, after] of Object.entries(statistics())) {
        served += after.served - before[kernel]!.served;
        if (after.passedOn > before[kernel]!.passedOn) counts.passedOn.push(`${kernel}: ${name}`);
      }
      if (served > 0) counts.served++;
    },
  );
  return specs;
}

/** Asserts that as much memory is left on both backends. */
export async function expectEqualMemory(): Promise<void> {
  const bytes: number[] = [];
  for (const backend of [ADAPTED, CONTROL]) {
    await tf.setBackend(backend);
    bytes.push((tf.memory() as tf.MemoryInfo & { numBytesInGPU: number }).numBytesInGPU);
  }
  expect(bytes[0]).toBe(bytes[1]);
}
