// Kernels that load texels compute the same bits as kernels that load from storage, since they add up the same terms in the same order. The planner
// offers them in Firefox's software adapter alone; here they run on every adapter.
import { afterAll, expect, it } from "vitest";
import { Engine } from "../../src/engine.ts";
import { type ConvOptions, type Tensor, conv, convBackwardData, createEngine } from "../../src/index.ts";
import type { Platform } from "../../src/planner/adapter.ts";
import { LAVAPIPE } from "../suite/lavapipe.ts";

const own = await createEngine({ tuning: "forget" });
const engineOn = (platform: Platform): Engine =>
  new Engine({ device: own.device, owned: false, adapterInfo: own.device.adapterInfo }, platform);
const texels = engineOn(LAVAPIPE);
const storage = engineOn({ ...LAVAPIPE, traits: { ...LAVAPIPE.traits, onDevice: () => ({ quads: false }) } });
afterAll(() => {
  for (const engine of [texels, storage, own]) engine.destroy();
});

/** Numbers in no order, which do not add up exactly. */
function numbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, at) => Math.sin(at * 12.9898 + seed));
}

function tensor(engine: Engine, shape: readonly number[], seed: number) {
  return engine.tensor(
    numbers(
      shape.reduce((product, size) => product * size),
      seed,
    ),
    shape,
  );
}

/** What a call computes from tensors of these shapes. */
async function valuesOf(
  engine: Engine,
  shapes: readonly (readonly number[])[],
  call: (a: Tensor, w: Tensor) => Tensor,
) {
  using first = tensor(engine, shapes[0]!, 1);
  using w = tensor(engine, shapes[1]!, 2);
  using result = call(first, w);
  return result.read();
}

it.each<[algorithm: string, variant: string, ConvOptions, x: number[], w: number[]]>([
  ["depthwise", "p4q7", { padding: 2, groups: 4 }, [2, 4, 15, 15], [4, 1, 5, 5]],
  ["depthwise", "p4q8", { padding: 2, groups: 4 }, [2, 4, 15, 15], [4, 1, 5, 5]],
  ["depthwise", "p2q5", { padding: 1, stride: 2, groups: 4 }, [1, 4, 14, 14], [4, 1, 3, 3]],
  ["depthwise", "p2q7k2", { padding: [2, 1], dilation: [2, 1], groups: 8 }, [1, 8, 9, 11], [16, 1, 3, 3]],
  ["depthwise", "p5q14", { padding: 3, groups: 4, paddingValue: -2 }, [1, 4, 17, 13], [4, 1, 7, 7]],
  ["direct", "p1q14k16", { padding: 6, dilation: 6 }, [1, 12, 30, 30], [16, 12, 3, 3]],
  ["direct", "p2q7k8", { padding: 1, groups: 3, activation: "relu" }, [2, 12, 7, 7], [24, 4, 3, 3]],
  ["direct", "p4q4k3", { stride: [1, 3] }, [1, 8, 6, 20], [3, 8, 1, 5]],
])("%s by %s-texels and -uniforms: %o of %o and %o", async (algorithm, variant, options, x, w) => {
  const expected = await valuesOf(storage, [x, w], (...operands) => conv(...operands, { ...options, algorithm }));
  for (const kind of ["texels", "uniforms"]) {
    const named = { ...options, algorithm, variant: `${variant}-${kind}` };
    expect(await valuesOf(texels, [x, w], (...operands) => conv(...operands, named)), kind).toEqual(expected);
  }
});

it("inputs in buffers of the caller that may not be bound as uniforms, or not even copied from", async () => {
  const [xShape, wShape] = [
    [2, 4, 15, 15],
    [4, 1, 5, 5],
  ];
  const geometry = { padding: 2, groups: 4 };
  const options = { algorithm: "depthwise", variant: "p4q7-uniforms" };
  const expected = await valuesOf(storage, [xShape, wShape], (x, w) =>
    conv(x, w, { ...geometry, algorithm: "depthwise" }),
  );
  using w = tensor(texels, wShape, 2);
  const plan = await texels.plan("forward", { inputShape: xShape, kernelShape: wShape, ...geometry }, options);
  for (const more of [0, GPUBufferUsage.COPY_SRC, GPUBufferUsage.UNIFORM]) {
    const buffer = own.device.createBuffer({
      size: 7500,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | more,
    });
    own.device.queue.writeBuffer(buffer, 0, numbers(1800, 1));
    using wrapped = texels.wrap(buffer, xShape);
    using y = plan.run({ x: wrapped, w });
    expect(await y.read()).toEqual(expected);
    using z = texels.empty([2, 4, 15, 15]);
    const encoder = own.device.createCommandEncoder();
    plan.encode(encoder, { x: buffer, w, y: z });
    own.device.queue.submit([encoder.finish()]);
    expect(await z.read()).toEqual(expected);
    buffer.destroy();
  }
  plan.destroy();
});

it.each([1, 2, 3])("the gradient of the input at stride %i", async (stride) => {
  const inputShape = [2, 8, 16, 18];
  const shapes = [
    [2, 8, Math.ceil(16 / stride), Math.ceil(18 / stride)],
    [8, 1, 5, 5],
  ];
  const geometry = { inputShape, padding: 2, stride, groups: 8 };
  const options = { algorithm: "depthwise" };
  const plan = await texels.plan("backward-data", { ...geometry, kernelShape: shapes[1]! }, options);
  expect(plan.variant).toMatch(/-uniforms$/);
  plan.destroy();
  const gradient = (dy: Tensor, w: Tensor): Tensor => convBackwardData(dy, w, { ...geometry, ...options });
  expect(await valuesOf(texels, shapes, gradient)).toEqual(await valuesOf(storage, shapes, gradient));
});
