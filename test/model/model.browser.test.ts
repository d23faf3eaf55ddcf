// Models on a GPU: the same results as eager calls, and what a run leaves and makes there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { newDevice } from "../suite/counting.ts";
import { eagerSmallNet, integers, smallNet } from "./networks.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ device: await newDevice(), tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
});

const SHAPE = [1, 3, 8, 12];
const DATA = integers(3 * 96, 5);

const valuesOf = async (tensors: Readonly<Record<string, { read(): Promise<ArrayLike<number>> }>>) => {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, [...Array.from(await tensor.read())]] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

describe("run", () => {
  it("computes what the same calls do, bit by bit", async () => {
    using model = new Model(engine, smallNet());
    using x = engine.tensor(DATA, SHAPE);
    const got = await model.run({ x });
    expect(got["y"]!.shape).toEqual([1, 4, 8, 12]);
    expect(await valuesOf(got)).toEqual(await valuesOf(eagerSmallNet(engine, x)));
    const again = await model.run({ x: { data: DATA, shape: SHAPE } });
    expect(await valuesOf(again)).toEqual(await valuesOf(got));
  });
});
