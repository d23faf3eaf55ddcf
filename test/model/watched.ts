// An engine whose device is watched: how often it was asked for buffers and the like, and what is held of its memory.
import { expect } from "vitest";
import type { MemoryReport } from "../../src/gpu/memory.ts";
import { ConvError, type Engine, type Tensor, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { newDevice } from "../suite/counting.ts";
import { refusal } from "../suite/refusal.ts";
import { input, integers, smallNet, sourceOf } from "./networks.ts";

/** An input of the small network. */
export const SHAPE = [1, 3, 8, 12];
export const DATA = integers(3 * 96, 5);

export interface Watched {
  readonly engine: Engine;
  readonly device: GPUDevice;
  /** Calls of the device's methods since they were last cleared, by name. */
  readonly calls: Record<string, number>;
  clear(): void;
  /** Bytes in use: all but the pool. */
  held(): Pick<MemoryReport, "tensors" | "weights" | "workspace" | "plans" | "reads">;
  /** Runs work on the models it makes, which has to leave nothing once all that it stopped has ended. */
  leavingNothing(work: (make: (build?: Parameters<typeof sourceOf>[1]) => Model) => Promise<void>): Promise<void>;
  close(): void;
}

export async function watchedEngine(): Promise<Watched> {
  const device = await newDevice(["shader-f16"]);
  const calls: Record<string, number> = {};
  const spy = <Name extends string>(target: { [name in Name]: (...given: never[]) => unknown }, name: Name): void => {
    const own = target[name].bind(target);
    target[name] = (...given) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return own(...given);
    };
  };
  for (const name of [
    "createBuffer",
    "createBindGroup",
    "createComputePipeline",
    "createComputePipelineAsync",
  ] as const)
    spy(device, name);
  spy(device.queue, "submit");
  const engine = await createEngine({ device, tuning: "forget" });
  const held: Watched["held"] = () => {
    const { tensors, weights, workspace, plans, reads } = engine.memory;
    return { tensors, weights, workspace, plans, reads };
  };
  return {
    ...{ engine, device, calls, held },
    clear() {
      for (const name of Object.keys(calls)) delete calls[name];
    },
    async leavingNothing(work) {
      const before = held();
      const models: Model[] = [];
      await work((build) => {
        const model = new Model(engine, build ? sourceOf([input([1, 2, 3])], build) : smallNet());
        models.push(model);
        return model;
      });
      for (const model of models) model.destroy();
      // A compilation that was stopped ends at its next wait.
      await expect.poll(held, { timeout: 60_000, interval: 5 }).toEqual(before);
    },
    close() {
      engine.destroy();
      device.destroy();
    },
  };
}

type Results = Readonly<Record<string, Tensor<"f32" | "f16" | "u32">>>;

export async function valuesOf(tensors: Results): Promise<Record<string, readonly number[]>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, [...(await tensor.read())]] as const);
  return Object.fromEntries(await Promise.all(entries));
}

export function destroyAll(tensors: Results): void {
  for (const tensor of Object.values(tensors)) tensor.destroy();
}

/** The error of a call that is refused. */
export async function rejection(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ConvError);
  return refusal(() => {
    throw error;
  });
}
