// Timestamps lie on the passes that work, on a device that records what passes it is given.
import { expect, it } from "vitest";
import { Stopwatch } from "../../src/gpu/stopwatch.ts";

/** A device whose clock shows `seconds` for every run, and the descriptors of the passes of each command buffer. */
function recordingDevice(seconds: number) {
  const submitted: (GPUComputePassDescriptor | undefined)[][] = [];
  const nothing = (): object => ({});
  let runs = 0;
  const device = {
    features: new Set(["timestamp-query"]),
    createQuerySet: () => ({ destroy: nothing }),
    createBuffer: ({ size }: GPUBufferDescriptor) => ({
      mapAsync: () => Promise.resolve(),
      getMappedRange: () => {
        const numbers = new BigUint64Array(size / 8);
        numbers[1] = BigInt(Math.round(runs * seconds * 1e9));
        return numbers.buffer;
      },
      unmap: nothing,
      destroy: nothing,
    }),
    createCommandEncoder() {
      const passes: (GPUComputePassDescriptor | undefined)[] = [];
      return {
        beginComputePass(descriptor?: GPUComputePassDescriptor) {
          passes.push(descriptor);
          return { end: nothing };
        },
        ...{ resolveQuerySet: nothing, copyBufferToBuffer: nothing },
        finish: () => passes,
      };
    },
    queue: {
      submit([passes]: [(typeof submitted)[number]]) {
        submitted.push(passes);
        runs = passes.length / 2;
      },
    },
  };
  return { device: device as unknown as GPUDevice, submitted };
}

it("are written by the first and the last of the passes timed, and by no others", async () => {
  const { device, submitted } = recordingDevice(1e-7);
  const { seconds } = await new Stopwatch(device, 3e-7).time((encoder, count) => {
    for (let pass = 0; pass < 2 * count; pass++) encoder.beginComputePass({ label: "work" }).end();
  }, 2);
  expect(seconds).toBeCloseTo(1e-7);
  for (const passes of submitted) {
    expect(passes.every((one) => one?.label === "work")).toBe(true);
    const writes = passes.map((one) => one?.timestampWrites);
    expect(writes.slice(1, -1).filter(Boolean)).toEqual([]);
    expect(writes[0]).toMatchObject({ beginningOfPassWriteIndex: 0 });
    expect(writes.at(-1)).toMatchObject({ endOfPassWriteIndex: 1 });
  }
});
