// Compiles every kernel of the operations beside convolution with Tint, on Dawn's null backend, in both layouts and element types. Without a
// GPU this shows that each is valid WGSL, agrees with its bindings, and keeps to the limits of compatibility mode.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create, globals } from "webgpu";
import { type Conditions, OPERATIONS, enginePlace, givenTo, inputShape } from "../../bench/operations.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { type Engine, type Tensor, createEngine } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import { LAYOUTS } from "../../src/problem/problem.ts";
import { COMPATIBILITY } from "../suite/compatibility.ts";
import { Arguments, callOperation, tensorsOf } from "./call.ts";
import { operationCalls } from "./calls.ts";

/** Few and many channels, processed one by one and four at a time; few cells, and so many that invocations share them. */
const EXTENTS = [
  { channels: 2, size: 6 },
  { channels: 4, size: 6 },
  { channels: 6, size: 32 },
  { channels: 132, size: 4 },
];

let gpu: GPU | undefined;
let engine: Engine;
/** The reports of error scopes, and the compiled code. */
const reports: Promise<GPUError | null>[] = [];
const compiled = new Set<string>();

beforeAll(async () => {
  Object.assign(globalThis, globals);
  gpu = create(["backend=null"]);
  const adapter = await gpu.requestAdapter({ featureLevel: "compatibility" });
  const device = await adapter!.requestDevice({ requiredFeatures: ["shader-f16", "subgroups"] });
  const pop = device.popErrorScope.bind(device);
  device.popErrorScope = () => {
    const report = pop();
    reports.push(report);
    return report;
  };
  const compile = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) => {
    compiled.add(descriptor.code);
    return compile(descriptor);
  };
  engine = await createEngine({ device, tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
  // Dawn lives as long as this reference to it.
  gpu = undefined;
});

it("is on a device of compatibility mode", () => {
  const { limits } = engine.device;
  expect(limits).toMatchObject({ ...COMPATIBILITY, maxStorageBuffersPerShaderStage: 8 });
  expect(limits.maxComputeWorkgroupStorageSize).toBe(16_384);
});

/** The errors since the last call. */
async function errors(): Promise<string[]> {
  const found = await Promise.all(reports.splice(0));
  return found.flatMap((error) => (error ? [error.message] : []));
}

const KINDS = LAYOUTS.flatMap((layout) => DTYPES.map((dtype) => ({ layout, dtype })));

describe.each(KINDS)("in $layout, $dtype", ({ layout, dtype }) => {
  it.each(EXTENTS)("every operation on $channels channels of $size x $size cells", async (extent) => {
    const calls = operationCalls({ ...extent, layout });
    expect([...new Set(calls.map(({ operation }) => operation))].toSorted()).toEqual(
      Object.keys(operations)
        .filter((name) => name !== "separate") // On the CPU.
        .toSorted(),
    );
    for (const call of calls) {
      const given = new Arguments(engine, call, { layout, dtype }, 0);
      const before = compiled.size;
      const result = callOperation(call, given.list());
      for (const tensor of tensorsOf(result)) tensor.destroy();
      given.destroy();
      expect(await errors(), call.operation).toEqual([]);
      if (before === 0) expect(compiled.size, "kernels are seen").toBeGreaterThan(0);
    }
  });

  it("what is timed, on the shapes of networks", async () => {
    for (const one of OPERATIONS) {
      const conditions: Conditions = { layout, dtype, batch: one.batch ?? 1 };
      const made = Object.fromEntries(
        Object.entries(one.inputs).map(([name, input]): [string, Tensor] => [
          name,
          engine.empty(inputShape(input, conditions), { layout, dtype: input.dtype ?? dtype }),
        ]),
      );
      const place = enginePlace(conditions);
      const { given, rest } = givenTo(one, operations, made, place);
      const returned = one.call(operations, given, place);
      for (const tensor of [given, rest, returned].flatMap(tensorsOf)) tensor.destroy();
      expect(await errors(), `${one.operation}: ${one.name}`).toEqual([]);
    }
    expect(engine.memory.tensors).toBe(0);
  });
});
