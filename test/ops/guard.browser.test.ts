// The promises of docs/reliability.md for every operation beside convolution: arguments are checked, and nothing stays on the GPU.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Engine, createEngine } from "../../src/index.ts";
import { add, localResponseNorm, maxPool, upsample } from "../../src/ops/index.ts";
import { newDevice } from "../suite/counting.ts";
import { refusal } from "../suite/refusal.ts";
import { drawPart } from "../suite/selection.ts";
import { Arguments, type OperationCall, callOperation, tensorsOf } from "./call.ts";
import { operationCalls } from "./calls.ts";

const KIND = { layout: "channels-last", dtype: "f32" } as const;
const CALLS = operationCalls({ ...KIND, channels: 2, size: 6 });

let engine: Engine;
let other: Engine;
/** The arguments of each call on an engine that is destroyed. */
let orphans: ReadonlyMap<OperationCall, Arguments>;
beforeAll(async () => {
  const device = await newDevice();
  engine = await createEngine({ device, tuning: "forget" });
  // On the same device: neither the device nor the buffers tell the tensors of the two apart.
  other = await createEngine({ device, tuning: "forget" });
  const gone = await createEngine({ device, tuning: "forget" });
  orphans = new Map(CALLS.map((call) => [call, new Arguments(gone, call, KIND)]));
  gone.destroy();
});
afterAll(() => {
  for (const one of [engine, other]) one.destroy();
  engine.device.destroy();
});

const named = CALLS.map((call) => ({ name: `${call.operation} ${JSON.stringify(call.options ?? {})}`, call }));

/** The calls that are run, which a run draws by its seed: half of them, a sixth where compiling is slow. Refused calls compile nothing. */
const computed = drawPart(named, inject("selection") === "all" ? 2 : 6, inject("draw"), ({ name }) => name);

/** Bytes of tensors, of weights prepared from them, and of reads. */
const held = (): number[] => [engine.memory.tensors, engine.memory.weights, engine.memory.reads];

it.each(computed)("$name leaves nothing but its results", async ({ call }) => {
  const before = held();
  const given = new Arguments(engine, call, KIND);
  const results = tensorsOf(callOperation(call, given.list()));
  const values = await Promise.all([...results, ...given.tensors.values()].map((tensor) => tensor.read()));
  expect(values.flatMap((list) => [...list]).every(Number.isFinite), "finite").toBe(true);
  for (const tensor of results) tensor.destroy();
  given.destroy();
  expect(held()).toEqual(before);
});

describe.each(named)("$name", ({ call }) => {
  it("refuses tensors that are destroyed or of another engine, and other values, by their names", () => {
    const before = held();
    const given = new Arguments(engine, call, KIND);
    const gones = new Arguments(engine, call, KIND);
    const others = new Arguments(other, call, KIND);
    gones.destroy();
    const [first] = given.tensors.keys();
    const refused = (at: string, by: unknown) => refusal(() => callOperation(call, given.list({ at, by })));
    const codeOf = (at: string, by: unknown): string => {
      const { code, argument } = refused(at, by);
      const last = at.split(".").at(-1)!;
      if (!/^\d/.test(last)) expect(argument, at).toBe(last);
      return code;
    };
    for (const at of given.tensors.keys()) {
      expect(codeOf(at, gones.tensors.get(at)), `${at} destroyed`).toBe("destroyed");
      const foreign = others.tensors.get(at);
      // The first tensor of a call decides its engine. A foreign one there makes the others foreign, unless it is the only one.
      if (at !== first) expect(codeOf(at, foreign), `${at} of another engine`).toBe("foreign-tensor");
      else if (given.tensors.size > 1) expect(refused(at, foreign).code).toBe("foreign-tensor");
      for (const by of [null, 1, {}, new Float32Array(4), { shape: [1, 2, 6, 6], data: [] }])
        expect(codeOf(at, by), `${at} not a tensor`).toBe("invalid-argument");
    }
    given.destroy();
    others.destroy();
    expect(held()).toEqual(before);
  });

  it("refuses unknown options, and tensors of a destroyed engine", () => {
    const given = new Arguments(engine, call, KIND);
    if (typeof call.options === "object") {
      const { code, got } = refusal(() => callOperation(call, given.list(undefined, { nonsense: 1 })));
      expect([code, got]).toEqual(["unknown-option", '"nonsense"']);
      for (const by of [null, 1, "options", []]) {
        const list = [...given.list().slice(0, -1), by];
        expect(refusal(() => callOperation(call, list)).code).toBe("invalid-argument");
      }
    }
    const alive = held();
    expect(refusal(() => callOperation(call, orphans.get(call)!.list())).code).toBe("destroyed");
    expect(held()).toEqual(alive);
    given.destroy();
  });
});

it("refuses a result that is too large for the device before anything is allocated", () => {
  const most = engine.device.limits.maxStorageBufferBindingSize;
  const x = engine.empty([1, 1, 64, 64]);
  const before = held();
  const side = Math.ceil(Math.sqrt(most / 4 / 4096)) + 1;
  const { code, argument, got, expected } = refusal(() => upsample(x, { scale: side }));
  expect([code, argument]).toEqual(["too-large", "y"]);
  expect(got).toBe(`[1, 1, ${64 * side}, ${64 * side}], ${4096 * side * side * 4} bytes`);
  expect(expected).toContain(`${most} bytes`);
  expect(held()).toEqual(before);
  x.destroy();
});

/** A kernel that computes one element an invocation needs more than 65 535 workgroups of 64 for this shape. */
const LONG = [1, 1, 2051, 2047];

it("folds more than 65 535 workgroups", async () => {
  const [, , rows, columns] = LONG as [number, number, number, number];
  const count = rows * columns;
  expect(count / 64).toBeGreaterThan(65_535);
  const data = Float32Array.from({ length: count }, (_, at) => (at % 1013) - 500);
  const x = engine.tensor(data, LONG);
  const results = {
    added: add(x, x, { scale: -1 }),
    pooled: maxPool(x, { kernelSize: 1 }),
    normalised: localResponseNorm(x, { size: 1, alpha: 1, beta: 1 }),
  };
  const [added, pooled, normalised] = await Promise.all(Object.values(results).map((tensor) => tensor.read()));
  expect(added!.every((value) => value === 0)).toBe(true);
  expect(pooled!.findIndex((value, at) => value !== data[at])).toBe(-1);
  // Of one channel, where the reference takes seconds for so many.
  const wanted = (value: number): number => value / (1 + value ** 2);
  expect(normalised!.findIndex((value, at) => !(Math.abs(value - wanted(data[at]!)) <= 1e-5))).toBe(-1);
  for (const tensor of [x, ...Object.values(results)]) tensor.destroy();
});
