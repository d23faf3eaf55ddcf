// Small calls are submitted together, and nobody can tell: whatever could, finds them submitted. On a fake device that writes down what its queue is
// given.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Batch } from "../../src/gpu/batch.ts";
import type { Target } from "../../src/gpu/commands.ts";
import { type Engine, type Tensor, conv, createEngine } from "../../src/index.ts";
import { add } from "../../src/ops/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";

/** A device whose command buffers are lists of what was recorded, and what its queue was given, in order. */
function recording() {
  const given: string[] = [];
  const device = {
    queue: {
      submit: (buffers: unknown[]) => void given.push(`submit ${buffers.join("|")}`),
      writeBuffer: () => void given.push("write"),
      onSubmittedWorkDone: () => Promise.resolve(void given.push("done")),
    },
    createCommandEncoder: () => {
      const recorded: string[] = [];
      return { beginComputePass: () => ({ recorded, end: () => {} }), finish: () => recorded.join(" ") };
    },
  } as unknown as GPUDevice;
  return { device, given };
}

const call =
  (name: string) =>
  ({ pass }: Target) =>
    void (pass as unknown as { recorded: string[] }).recorded.push(name);

describe("a batch", () => {
  it("starts with the first call and grows", () => {
    const { device, given } = recording();
    const batch = new Batch(device, true);
    for (let at = 0; at < 8; at++) batch.run(call(`${at}`), true);
    expect(given).toEqual(["submit 0", "submit 1 2", "submit 3 4 5 6"]);
    batch.flush();
    batch.flush();
    expect(given.slice(3)).toEqual(["submit 7"]);
  });

  it("is submitted before whatever else the queue is given, and before a call that goes by itself", () => {
    const { device, given } = recording();
    const batch = new Batch(device, true);
    for (const name of ["a", "b"]) batch.run(call(name), true);
    device.queue.writeBuffer({} as GPUBuffer, 0, new Float32Array(1));
    batch.run(call("c"), true);
    void device.queue.onSubmittedWorkDone();
    batch.run(call("d"), true);
    device.queue.submit(["caller" as unknown as GPUCommandBuffer]);
    batch.run(call("e"), true);
    batch.run(call("large"), false);
    const after = ["submit b", "write", "submit c", "done", "submit d", "submit caller", "submit e", "submit large"];
    expect(given).toEqual(["submit a", ...after]);
  });

  it("is submitted by the end of the task, and the next task starts anew", async () => {
    const { device, given } = recording();
    const batch = new Batch(device, true);
    for (const name of ["a", "b"]) batch.run(call(name), true);
    expect(given).toEqual(["submit a"]);
    await vi.waitFor(() => expect(given).toEqual(["submit a", "submit b"]));
    batch.run(call("c"), true);
    expect(given).toEqual(["submit a", "submit b", "submit c"]);
  });

  it("is of one call on the caller's device, whose queue is left alone", () => {
    const { device, given } = recording();
    const methods = Object.values(device.queue);
    const batch = new Batch(device, false);
    for (const name of ["a", "b", "c"]) batch.run(call(name), true);
    expect(given).toEqual(["submit a", "submit b", "submit c"]);
    expect(Object.values(device.queue)).toEqual(methods);
  });
});

describe("calls of an engine are submitted", () => {
  let engine: Engine;
  let x: Tensor;
  let submits: number;
  beforeEach(async () => {
    const { device } = fakeDevice();
    submits = 0;
    Object.assign(device.queue, { submit: () => void submits++ });
    const adapter = { features: new Set(), limits: {}, info: device.adapterInfo, requestDevice: async () => device };
    engine = await createEngine({ gpu: { requestAdapter: async () => adapter } as unknown as GPU, tuning: "forget" });
    x = engine.empty([1, 4, 9, 9]);
    // Until then every call may fail, and is submitted by itself.
    for (let turn = 0; turn < 4; turn++) {
      add(x, x).destroy();
      conv(x, x, { groups: 1, padding: 4 }).destroy();
      await x.read();
    }
    // A turn of the event loop, in which the message arrives that ends the task.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  });

  /** How many submits there are before and after something that comes behind 64 calls. */
  function around(last: () => unknown): [number, number] {
    submits = 0;
    for (let turn = 0; turn < 64; turn++) add(x, x).destroy();
    const before = submits;
    last();
    return [before, submits];
  }

  it("together", () => {
    expect(around(() => {})).toEqual([6, 6]);
  });

  it("before the buffer of a tensor is given out, and one by one from then on", () => {
    expect(around(() => x.buffer)).toEqual([6, 7]);
    expect(around(() => {})).toEqual([64, 64]);
  });

  it("before a buffer is destroyed", () => {
    expect(around(() => engine.destroy())).toEqual([6, 7]);
  });

  it("before values are written", () => {
    expect(around(() => x.write(new Float32Array(324)))).toEqual([6, 7]);
  });

  it("before values are read", () => {
    expect(around(() => x.read())).toEqual([6, 8]);
  });
});
