// A value of the cache is destroyed once: when it is the least recently used of too many, deleted, cleared, or of an earlier generation.
import { expect, it } from "vitest";
import type { GpuContext } from "../../src/gpu/context.ts";
import { ReadyCache } from "../../src/gpu/ready-cache.ts";

it("destroys the values it drops", () => {
  const gpu = { generation: 0 };
  const ready = new ReadyCache(gpu as GpuContext, 2);
  const destroyed: string[] = [];
  const get = (key: string) => ready.get(key, () => ({ destroy: () => void destroyed.push(key) }));
  const a = get("a");
  get("b");
  expect(get("a")).toBe(a);
  get("c");
  expect(destroyed, "b was used least recently").toEqual(["b"]);
  ready.delete("a");
  ready.delete("a");
  expect(destroyed).toEqual(["b", "a"]);
  gpu.generation = 1;
  get("d");
  expect(destroyed, "c was made in an earlier generation").toEqual(["b", "a", "c"]);
  ready.clear();
  expect(destroyed).toEqual(["b", "a", "c", "d"]);
  expect(get("d")).not.toBe(undefined);
});
