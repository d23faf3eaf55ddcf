// Ranges of operands that steps bind as textures: which are copied before which step, and what the textures take.
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine.ts";
import type { GpuContext } from "../../src/gpu/context.ts";
import { TextureCopies } from "../../src/gpu/textures.ts";
import { conv } from "../../src/index.ts";
import type { Binding, Step } from "../../src/kernel/step.ts";
import { ROW_BYTES } from "../../src/kernel/textures.ts";
import { fakeDevice } from "../suite/fake-device.ts";
import { LAVAPIPE } from "../suite/lavapipe.ts";

const SHADER = { name: "test", text: "@group(0) @binding(3) var<storage, read_write> c: array<f32>;" };

/** A step that writes what it binds at 3. */
function stepOf(...bindings: Binding<string>[]): Step<string> {
  return { kernel: { shaders: [SHADER], constants: {} }, bindings, uniforms: {}, workgroups: [1, 1, 1] };
}

const range = (binding: number, operand: string, offset: number, size = 256) => ({ binding, operand, offset, size });
const texture = (...given: Parameters<typeof range>) => ({ ...range(...given), texture: true });

const copiesFor = (...steps: Step<string>[]): TextureCopies => new TextureCopies({} as GpuContext, steps);

/** The copies before each step, as text. */
const copiesOf = (...steps: Step<string>[]): string[] =>
  copiesFor(...steps).before.map((list) => list.map((one) => `${one.operand}+${one.offset} to ${one.texture}`).join());

describe("before a step", () => {
  it("are copied the ranges that it binds as textures, in their order", () => {
    expect(
      copiesOf(stepOf(texture(1, "a", 0), range(2, "x", 0), texture(4, "b", 256)), stepOf(range(1, "a", 0))),
    ).toEqual(["a+0 to 0,b+256 to 1", ""]);
  });

  it("a range is not copied again that its texture still holds", () => {
    const step = stepOf(texture(1, "a", 0), texture(2, "b", 0));
    const other = stepOf(texture(1, "a", 256), texture(2, "b", 0));
    expect(copiesOf(step, step, other, step)).toEqual(["a+0 to 0,b+0 to 1", "", "a+256 to 0", "a+0 to 0"]);
  });

  it("a range is copied again after a step that writes to it, and not after one that writes beside it", () => {
    const step = (at: number): Step<string> => stepOf(texture(1, "workspace", 256), range(3, "workspace", at));
    expect(copiesOf(step(0), step(512), step(511), step(0))).toEqual([
      "workspace+256 to 0",
      "",
      "",
      "workspace+256 to 0",
    ]);
  });
});

it("textures have the rows of the largest range that they hold: an odd number, and no power of two", () => {
  const copies = copiesFor(
    stepOf(texture(1, "a", 0, ROW_BYTES + 16), texture(2, "b", 0, 16)),
    stepOf(texture(1, "a", 0, 16)),
    stepOf(texture(1, "a", 0, 16), texture(2, "c", 0, 4 * ROW_BYTES)),
  );
  expect(copies.rows).toEqual([3, 5]);
});

describe("the textures of an engine", () => {
  /** The textures of the weights, one row made three, and of x, 16 rows made 17. */
  const bytes = 20 * ROW_BYTES;

  /** An engine on a fake device, and how many textures there are. */
  function started() {
    const fake = fakeDevice("swiftshader");
    const engine = new Engine({ device: fake.device, owned: true, adapterInfo: fake.device.adapterInfo }, LAVAPIPE);
    const x = engine.empty([1, 64, 32, 32]);
    const w = engine.empty([64, 64, 1, 1]);
    const call = (): void => conv(x, w, { algorithm: "pointwise", variant: "m16n8-textures" }).destroy();
    return { ...fake, engine, call };
  }

  it("are created once for equal calls, counted as workspace, and freed with the engine", () => {
    const { engine, call, created, textures } = started();
    expect(textures.size).toBe(0);
    call();
    expect(textures.size).toBe(2);
    expect(engine.memory.workspace).toBe(bytes);
    call();
    const before = created();
    call();
    expect(created()).toEqual(before);
    engine.destroy();
    expect(textures.size).toBe(0);
    expect(engine.memory.total).toBe(0);
  });

  it("are a plan's own where it is recorded on encoders of the caller, and freed with it", async () => {
    const { engine, device, textures } = started();
    const descriptor = { inputShape: [1, 64, 32, 32], kernelShape: [64, 64, 1, 1] };
    const plan = await engine.plan("forward", descriptor, { algorithm: "pointwise", variant: "m16n8-textures" });
    const [x, w, y] = [engine.empty([1, 64, 32, 32]), engine.empty([64, 64, 1, 1]), engine.empty([1, 64, 32, 32])];
    const encoder = device.createCommandEncoder();
    plan.encode(encoder, { x, w, y });
    plan.run({ x, w }).destroy();
    expect(textures.size).toBe(4);
    plan.destroy();
    expect(textures.size).toBe(2);
    engine.destroy();
  });

  it("fit into the memory that a caller allows, or are not used", async () => {
    const { engine } = started();
    const descriptor = { inputShape: [1, 64, 32, 32], kernelShape: [64, 64, 1, 1] };
    const options = { algorithm: "pointwise", variant: "m16n8-textures" };
    const plan = await engine.plan("forward", descriptor, { ...options, maxWorkspaceBytes: bytes });
    expect(plan).toMatchObject({ variant: "m16n8-textures", textureBytes: bytes });
    const refused = engine.plan("forward", descriptor, { ...options, maxWorkspaceBytes: bytes - 1 });
    await expect(refused).rejects.toMatchObject({ code: "unsupported" });
    const other = await engine.plan("forward", descriptor, { algorithm: "pointwise", maxWorkspaceBytes: bytes - 1 });
    expect(other.variant).not.toMatch(/texture/);
    engine.destroy();
  });
});
